# METADATA
# title: The gate
# description: >-
#   Decides one question: may this caller have these attributes of this customer for this purpose, now?
#   It allows only what a rule names; what is missing, unknown, expired or contradictory is refused.
#   The input is built by the host from a closed record and everything else is in data.contextkeep.
#   No clock is read here: the host says where a consent stands now and how many days old a value is,
#   so that the same input always has the same answer.
package contextkeep.gate

import data.contextkeep.analytics
import data.contextkeep.assurance
import data.contextkeep.catalogue

# METADATA
# title: The decision
# description: What the host reads. Sets become sorted arrays, so that every engine gives the same document.
# entrypoint: true
decision := {
	"allow": allow,
	"reasons": sort(shown_reasons),
	"attributes": attributes,
	"basis": basis,
	"consents": sort(used_consents),
	"ttl_s": ttl,
	"max_age_days": max_age,
	"obligations": obligations,
	"caps": caps,
	"step_up": step_up,
} if {
	not input.aggregate
}

# METADATA
# title: The decision about a statistic
# description: A question about a population is decided by the rules for analysts alone.
decision := analytics.decision if input.aggregate

# METADATA
# title: A yes
# description: Nothing speaks against it, and a legal basis holds.
default allow := false

allow if {
	count(reasons) == 0
	basis_holds
}

# METADATA
# title: The reasons of a no
# description: All that speak against it.
shown_reasons contains code if some code in reasons

# METADATA
# title: Nothing allows it
# description: >-
#   Nothing speaks against it, but no basis holds. A refusal always has a reason. An app hears this code
#   also in place of all that are about the customer.
# custom:
#   code: NOT_PERMITTED
#   told: app
#   remedy: Ask for a purpose whose basis holds for this customer.
shown_reasons contains "NOT_PERMITTED" if {
	count(reasons) == 0
	not basis_holds
}

# --- who asks, and for what -------------------------------------------------------------------

# METADATA
# title: An app
is_app if input.caller.role == "app"

# METADATA
# title: The customer herself
# description: Who asks for what is held about her, to know it and for no other purpose.
is_self if {
	input.caller.role == "customer"
	input.subject.self == true
	input.purpose == "dpv:RightsFulfilment"
}

# METADATA
# title: A role without a way in
# custom:
#   code: ROLE_NOT_ALLOWED
#   told: app
#   remedy: Apps ask for a customer's context; customers ask for their own, for dpv:RightsFulfilment.
reasons contains "ROLE_NOT_ALLOWED" if {
	not is_app
	not is_self
}

# METADATA
# title: What is known of the purpose
# description: Missing where the catalogue does not have it, and then nothing that asks it of anything holds.
purpose := catalogue.purposes[input.purpose]

# METADATA
# title: A purpose that the catalogue does not have
# custom:
#   code: PURPOSE_UNKNOWN
#   told: app
#   remedy: State a purpose that the operator has put into the catalogue.
reasons contains "PURPOSE_UNKNOWN" if not purpose

# METADATA
# title: A purpose that the app is registered for
registered if input.purpose in input.caller.purposes

# METADATA
# title: A purpose that the app is not registered for
# custom:
#   code: PURPOSE_NOT_REGISTERED
#   told: app
#   remedy: Have the operator register the app for the purpose.
reasons contains "PURPOSE_NOT_REGISTERED" if {
	not is_self
	not registered
}

# --- how surely, and of how many ---------------------------------------------------------------

# METADATA
# title: A caller as surely authenticated as the purpose demands
assured if assurance.enough(purpose)

# METADATA
# title: A caller who must authenticate more strongly
# description: By what the token's issuer says in acr or amr; apps and analysts alike, and never a customer about herself.
# custom:
#   code: STEP_UP_REQUIRED
#   told: app
#   remedy: Ask with a token that its issuer gave one of the acr values in the challenge (RFC 9470).
reasons contains "STEP_UP_REQUIRED" if {
	purpose
	not is_self
	not assured
}

# METADATA
# title: What would be strong enough
# description: The acr values to ask an issuer for; none where nothing more is demanded.
default step_up := []

step_up := assurance.acr_values(purpose) if "STEP_UP_REQUIRED" in reasons

# METADATA
# title: The caps
# description: >-
#   How much of the data the purpose may have at once, and how often. How many customers one request may ask
#   about is decided here; the host cuts events and counts reads. The customer's own view has none.
default caps := {}

caps := object.get(purpose, "caps", {}) if not is_self

# METADATA
# title: A request about few enough customers
few_enough if object.get(caps, "customers", null) == null

few_enough if {
	is_number(input.request.customers)
	input.request.customers <= caps.customers
}

# METADATA
# title: A request about too many customers
# custom:
#   code: TOO_MANY_CUSTOMERS
#   told: app
#   remedy: Ask about fewer customers in one request.
reasons contains "TOO_MANY_CUSTOMERS" if not few_enough

# --- whose data --------------------------------------------------------------------------------

# METADATA
# title: Somebody
subject_known if input.subject.state in {"known", "restricted"}

# METADATA
# title: Nobody
# description: There is no such customer, or no more.
# custom:
#   code: SUBJECT_UNKNOWN
#   told: nobody
#   remedy: None. An app cannot tell this from a refusal about somebody.
reasons contains "SUBJECT_UNKNOWN" if not subject_known

# METADATA
# title: Processing is restricted
# description: >-
#   The customer has had the use of their data stopped (Article 18 GDPR). What legal compliance demands goes on.
# custom:
#   code: SUBJECT_RESTRICTED
#   told: customer
#   remedy: The customer lifts the restriction.
reasons contains "SUBJECT_RESTRICTED" if {
	input.subject.state == "restricted"
	not is_self
	not legal_compliance
}

# --- on what basis -----------------------------------------------------------------------------

# METADATA
# title: The legal basis
# description: The one that the catalogue gives for the purpose, or none.
default basis := ""

basis := purpose.basis

# METADATA
# title: A basis that is consent
needs_consent if startswith(basis, "eu-gdpr:A6-1-a")

# METADATA
# title: A legal obligation
# description: The law demands it (Article 6(1)(c) GDPR). Marketing is none, whatever its basis is said to be.
legal_obligation if {
	basis == "eu-gdpr:A6-1-c"
	not "dpv:Marketing" in covering
}

# METADATA
# title: Legal compliance
# description: >-
#   dpv:LegalCompliance on a legal obligation, such as the notice of a breach (Article 34 GDPR), which must
#   reach the customer whatever they said.
legal_compliance if {
	legal_obligation
	"dpv:LegalCompliance" in covering
}

# METADATA
# title: A basis that holds
# description: A live consent, or a basis that needs none.
basis_holds if {
	basis != ""
	not needs_consent
}

basis_holds if count(live_grants) > 0

# METADATA
# title: A live consent
# description: It covers exactly the purpose and the recipient that it names.
live_grants[place] := consent if {
	needs_consent
	some place, consent in input.consents
	consent.purpose == input.purpose
	consent.recipient == input.caller.id
	consent.status in {"GIVEN", "RENEWED"}
}

# METADATA
# title: A consent that has ended
# custom:
#   code: CONSENT_EXPIRED
#   told: customer
#   remedy: The customer gives it anew.
reasons contains "CONSENT_EXPIRED" if {
	needs_consent
	some consent in input.consents
	consent.purpose == input.purpose
	consent.recipient == input.caller.id
	consent.status == "EXPIRED"
}

# METADATA
# title: No consent
# description: The purpose rests on consent, and this customer has none that is live for this app.
# custom:
#   code: NO_CONSENT
#   told: customer
#   remedy: The customer gives one for this purpose to this app.
reasons contains "NO_CONSENT" if {
	needs_consent
	not basis_holds
}

# METADATA
# title: The purposes that a no covers this one from
# description: A no closes downward, over every narrower purpose too. A yes never does.
covering contains input.purpose

covering contains ancestor if some ancestor in catalogue.ancestors[input.purpose]

# METADATA
# title: A no
# description: >-
#   The customer refused or withdrew, for this purpose or a broader one, to this app or to all. What legal
#   compliance demands goes on.
# custom:
#   code: CONSENT_WITHDRAWN
#   told: customer
#   remedy: The customer takes the no back.
reasons contains "CONSENT_WITHDRAWN" if {
	not is_self
	not legal_compliance
	some consent in input.consents
	consent.status in {"REFUSED", "WITHDRAWN", "REVOKED", "INVALIDATED"}
	consent.purpose in covering
	consent.recipient in {input.caller.id, "*"}
}

# METADATA
# title: An objection
# description: >-
#   The customer objected to this purpose or to a broader one (Article 21 GDPR). An objection does not stop
#   what a legal obligation demands.
# custom:
#   code: OBJECTION
#   told: customer
#   remedy: The customer takes the objection back.
reasons contains "OBJECTION" if {
	not is_self
	not legal_obligation
	some objection in input.objections
	objection in covering
}

# METADATA
# title: The consents that the yes rests on
# description: By their places in the input; the host knows which ones those are.
used_consents contains place if {
	allow
	some place, _ in live_grants
}

# --- which attributes, and how -----------------------------------------------------------------

# METADATA
# title: The attributes
# description: Each that was asked for, with how it leaves. Without a yes none does.
attributes[name] := outcome(attribute) if {
	allow
	some name, attribute in input.attributes
}

# METADATA
# title: How an attribute leaves
# description: The customer sees all that is hers. An app gets it clear, masked or not at all.
outcome(attribute) := {"release": "clear"} if is_self

else := {"release": "withheld", "reason": reason} if reason := withheld(attribute)

else := mask if mask := masked(attribute)

else := {"release": "clear"} if unmasked(attribute)

# METADATA
# title: The masks
# description: By category. The vault knows what each does to which values; one that it does not know is no yes.
masks := object.get(purpose, "masks", {})

# METADATA
# title: An attribute that is masked
# description: A mask is a name, or an object with the name as its mask and what else that mask needs to know.
masked(attribute) := object.union(terms, {"release": "mask"}) if {
	mask := masks[attribute.category]
	terms := {"string": {"mask": mask}, "object": mask}[type_name(mask)]
}

# METADATA
# title: An attribute that no mask is for
# description: Masks that cannot be understood are not none; nothing leaves by them.
unmasked(attribute) if {
	categories := object.keys(masks)
	not attribute.category in categories
}

# METADATA
# title: Why an attribute stays
# description: The first that speaks against it.
withheld(attribute) := "CATEGORY_NOT_ALLOWED" if off_purpose(attribute)

else := "SPECIAL_NEEDS_EXPLICIT_CONSENT" if too_special(attribute)

else := "TOO_OLD" if too_old(attribute)

# METADATA
# title: A category that the purpose does not name
# custom:
#   code: CATEGORY_NOT_ALLOWED
#   told: app
#   remedy: Ask for less, or have the operator name the category for the purpose.
off_purpose(attribute) if not attribute.category in purpose.categories

# METADATA
# title: A special category without explicit consent
# description: Article 9 GDPR. An attribute that is not said to be ordinary counts as special.
# custom:
#   code: SPECIAL_NEEDS_EXPLICIT_CONSENT
#   told: app
#   remedy: The customer gives explicit consent.
too_special(attribute) if {
	not attribute.special == false
	not explicit
}

# METADATA
# title: Explicit consent
# description: A live consent that was given in so many words.
explicit if {
	some consent in live_grants
	consent.explicit == true
}

# METADATA
# title: A value older than the purpose may use
# description: One whose age is not known counts as too old.
# custom:
#   code: TOO_OLD
#   told: customer
#   remedy: None. An app cannot tell this from a value that is not held.
too_old(attribute) if not fresh(attribute)

# METADATA
# title: A value young enough
fresh(attribute) if {
	is_number(attribute.age_days)
	attribute.age_days <= max_age
}

# --- what the answer obliges to ----------------------------------------------------------------

# METADATA
# title: The greatest age
# description: In days, of a value that the purpose may use.
default max_age := 0

max_age := purpose.max_age_days

# METADATA
# title: How long the answer may be kept
# description: In seconds.
default ttl := 0

ttl := purpose.ttl_s

# METADATA
# title: What the answer obliges its receiver to
# description: Codes. What is not a list of them is no empty list; there is no decision then.
obligations := [] if not purpose

obligations := sort(stated) if {
	stated := object.get(purpose, "obligations", [])
	is_array(stated)
}
