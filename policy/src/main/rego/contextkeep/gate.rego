# METADATA
# title: The gate
# description: >-
#   Decides one question: may this caller have these attributes of this customer for this purpose, now?
#   Everything is refused unless a rule allows it, also missing, unknown, expired or contradictory facts.
#   The host builds the input from a closed record; all other facts are in data.contextkeep.
#   No clock is read: the host states the present status of a consent and the age of a value in days,
#   so that equal inputs always have equal decisions.
package contextkeep.gate

import data.contextkeep.analytics
import data.contextkeep.assurance
import data.contextkeep.catalogue

# METADATA
# title: The decision
# description: The document that the host reads. Sets become sorted arrays, so that every engine gives the same document.
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
# description: Questions about a population are decided by the rules for analysts only.
decision := analytics.decision if input.aggregate

# METADATA
# title: The permission
# description: There is no reason against it, and a legal basis holds.
default allow := false

allow if {
	count(reasons) == 0
	basis_holds
}

# METADATA
# title: The reasons of a refusal
# description: All reasons against the request.
shown_reasons contains code if some code in reasons

# METADATA
# title: No permission
# description: >-
#   There is no other reason, but no legal basis holds. Every refusal has a reason. An app receives this code
#   also in place of all reasons about the customer.
# custom:
#   code: NOT_PERMITTED
#   audience: app
#   remedy: State a purpose with a basis that holds for this customer.
shown_reasons contains "NOT_PERMITTED" if {
	count(reasons) == 0
	not basis_holds
}

# --- the caller and the purpose -------------------------------------------------------------------

# METADATA
# title: An app
is_app if input.caller.role == "app"

# METADATA
# title: The customer
# description: A customer who asks for their own data, for the purpose of access only.
is_self if {
	input.caller.role == "customer"
	input.subject.self == true
	input.purpose == "dpv:RightsFulfilment"
}

# METADATA
# title: Role not allowed
# custom:
#   code: ROLE_NOT_ALLOWED
#   audience: app
#   remedy: Use the token of an app, or of the customer for dpv:RightsFulfilment.
reasons contains "ROLE_NOT_ALLOWED" if {
	not is_app
	not is_self
}

# METADATA
# title: The purpose in the catalogue
# description: Undefined if the catalogue does not have it; then every rule that depends on it is undefined too.
purpose := catalogue.purposes[input.purpose]

# METADATA
# title: Unknown purpose
# custom:
#   code: PURPOSE_UNKNOWN
#   audience: app
#   remedy: State a purpose of the catalogue.
reasons contains "PURPOSE_UNKNOWN" if not purpose

# METADATA
# title: The app is registered for the purpose
registered if input.purpose in input.caller.purposes

# METADATA
# title: Purpose not registered
# custom:
#   code: PURPOSE_NOT_REGISTERED
#   audience: app
#   remedy: Ask the operator to register the app for the purpose.
reasons contains "PURPOSE_NOT_REGISTERED" if {
	not is_self
	not registered
}

# --- authentication and number of customers ---------------------------------------------------------------

# METADATA
# title: Sufficient authentication for the purpose
assured if assurance.enough(purpose)

# METADATA
# title: Stronger authentication required
# description: The token's issuer states it in acr or amr. It applies to apps and analysts, not to customers about themselves.
# custom:
#   code: STEP_UP_REQUIRED
#   audience: app
#   remedy: Use a token with one of the acr values in the challenge (RFC 9470).
reasons contains "STEP_UP_REQUIRED" if {
	purpose
	not is_self
	not assured
}

# METADATA
# title: The sufficient acr values
# description: The values to request from an issuer; empty if the authentication suffices.
default step_up := []

step_up := assurance.acr_values(purpose) if "STEP_UP_REQUIRED" in reasons

# METADATA
# title: The caps
# description: >-
#   The limits of a purpose on the data of one answer and on the number of reads. The number of customers of one
#   request is checked here; the host limits events and counts reads. The customer's own view has no caps.
default caps := {}

caps := object.get(purpose, "caps", {}) if not is_self

# METADATA
# title: The number of customers is within the cap
few_enough if object.get(caps, "customers", null) == null

few_enough if {
	is_number(input.request.customers)
	input.request.customers <= caps.customers
}

# METADATA
# title: Too many customers
# custom:
#   code: TOO_MANY_CUSTOMERS
#   audience: app
#   remedy: Send fewer customers in one request.
reasons contains "TOO_MANY_CUSTOMERS" if not few_enough

# --- the customer --------------------------------------------------------------------------------

# METADATA
# title: The customer exists
subject_known if input.subject.state in {"known", "restricted"}

# METADATA
# title: Unknown customer
# description: There is no such customer, or they were erased.
# custom:
#   code: SUBJECT_UNKNOWN
#   audience: none
#   remedy: None. An app cannot distinguish this from a refusal about an existing customer.
reasons contains "SUBJECT_UNKNOWN" if not subject_known

# METADATA
# title: Restricted processing
# description: >-
#   The customer restricted the processing of their data (Article 18 GDPR). Processing for legal compliance continues.
# custom:
#   code: SUBJECT_RESTRICTED
#   audience: customer
#   remedy: The customer lifts the restriction.
reasons contains "SUBJECT_RESTRICTED" if {
	input.subject.state == "restricted"
	not is_self
	not legal_compliance
}

# --- the legal basis -----------------------------------------------------------------------------

# METADATA
# title: The legal basis
# description: The basis of the purpose in the catalogue, or none.
default basis := ""

basis := purpose.basis

# METADATA
# title: The basis is consent
needs_consent if startswith(basis, "eu-gdpr:A6-1-a")

# METADATA
# title: A legal obligation
# description: The law demands the processing (Article 6(1)(c) GDPR). Marketing is never a legal obligation.
legal_obligation if {
	basis == "eu-gdpr:A6-1-c"
	not "dpv:Marketing" in covering
}

# METADATA
# title: Legal compliance
# description: >-
#   dpv:LegalCompliance on the basis of a legal obligation, such as the notice of a breach (Article 34 GDPR),
#   which must reach customers despite their refusals and objections.
legal_compliance if {
	legal_obligation
	"dpv:LegalCompliance" in covering
}

# METADATA
# title: A basis holds
# description: There is a valid consent, or the basis needs none.
basis_holds if {
	basis != ""
	not needs_consent
}

basis_holds if count(live_grants) > 0

# METADATA
# title: The valid consents
# description: Consents to exactly this purpose and recipient.
live_grants[place] := consent if {
	needs_consent
	some place, consent in input.consents
	consent.purpose == input.purpose
	consent.recipient == input.caller.id
	consent.status in {"GIVEN", "RENEWED"}
}

# METADATA
# title: Expired consent
# custom:
#   code: CONSENT_EXPIRED
#   audience: customer
#   remedy: The customer gives consent again.
reasons contains "CONSENT_EXPIRED" if {
	needs_consent
	some consent in input.consents
	consent.purpose == input.purpose
	consent.recipient == input.caller.id
	consent.status == "EXPIRED"
}

# METADATA
# title: No consent
# description: The purpose needs consent, and the customer has no valid consent for this app.
# custom:
#   code: NO_CONSENT
#   audience: customer
#   remedy: The customer gives consent to this app for this purpose.
reasons contains "NO_CONSENT" if {
	needs_consent
	not basis_holds
}

# METADATA
# title: The purposes whose refusal covers this one
# description: A refusal covers all narrower purposes; a consent covers only its own.
covering contains input.purpose

covering contains ancestor if some ancestor in catalogue.ancestors[input.purpose]

# METADATA
# title: Refused or withdrawn consent
# description: >-
#   The customer refused or withdrew consent to this purpose or a broader one, for this app or for all apps.
#   Processing for legal compliance continues.
# custom:
#   code: CONSENT_WITHDRAWN
#   audience: customer
#   remedy: The customer takes the refusal back.
reasons contains "CONSENT_WITHDRAWN" if {
	not is_self
	not legal_compliance
	some consent in input.consents
	consent.status in {"REFUSED", "WITHDRAWN", "REVOKED", "INVALIDATED"}
	consent.purpose in covering
	consent.recipient in {input.caller.id, "*"}
}

# METADATA
# title: Objection
# description: >-
#   The customer objected to this purpose or to a broader one (Article 21 GDPR). An objection does not stop
#   processing for a legal obligation.
# custom:
#   code: OBJECTION
#   audience: customer
#   remedy: The customer takes the objection back.
reasons contains "OBJECTION" if {
	not is_self
	not legal_obligation
	some objection in input.objections
	objection in covering
}

# METADATA
# title: The consents that the permission depends on
# description: Their positions in the input, from which the host knows them.
used_consents contains place if {
	allow
	some place, _ in live_grants
}

# --- the attributes -----------------------------------------------------------------

# METADATA
# title: The attributes
# description: The outcome of each requested attribute; empty without a permission.
attributes[name] := outcome(attribute) if {
	allow
	some name, attribute in input.attributes
}

# METADATA
# title: The outcome of an attribute
# description: Customers see all of their own data in clear. For an app it is clear, masked or withheld.
outcome(attribute) := {"release": "clear"} if is_self

else := {"release": "withheld", "reason": reason} if reason := withheld(attribute)

else := mask if mask := masked(attribute)

else := {"release": "clear"} if unmasked(attribute)

# METADATA
# title: The masks
# description: The masks by category. The vault applies them, and refuses the request if it does not know one.
masks := object.get(purpose, "masks", {})

# METADATA
# title: The mask of an attribute
# description: A mask is a name, or an object with the name as its mask and further parameters.
masked(attribute) := object.union(terms, {"release": "mask"}) if {
	mask := masks[attribute.category]
	terms := {"string": {"mask": mask}, "object": mask}[type_name(mask)]
}

# METADATA
# title: An attribute without a mask
# description: Malformed masks do not count as absent; then no attribute is released.
unmasked(attribute) if {
	categories := object.keys(masks)
	not attribute.category in categories
}

# METADATA
# title: The reason why an attribute is withheld
# description: The first reason that applies.
withheld(attribute) := "CATEGORY_NOT_ALLOWED" if off_purpose(attribute)

else := "SPECIAL_NEEDS_EXPLICIT_CONSENT" if too_special(attribute)

else := "TOO_OLD" if too_old(attribute)

# METADATA
# title: Category not allowed
# custom:
#   code: CATEGORY_NOT_ALLOWED
#   audience: app
#   remedy: Request fewer attributes, or ask the operator to add the category to the purpose.
off_purpose(attribute) if not attribute.category in purpose.categories

# METADATA
# title: Special category without explicit consent
# description: Article 9 GDPR. An attribute counts as special unless it is declared to be ordinary.
# custom:
#   code: SPECIAL_NEEDS_EXPLICIT_CONSENT
#   audience: app
#   remedy: The customer gives explicit consent.
too_special(attribute) if {
	not attribute.special == false
	not explicit
}

# METADATA
# title: Explicit consent
# description: A valid consent that was given explicitly.
explicit if {
	some consent in live_grants
	consent.explicit == true
}

# METADATA
# title: Value too old for the purpose
# description: A value of unknown age counts as too old.
# custom:
#   code: TOO_OLD
#   audience: customer
#   remedy: None. An app cannot distinguish this from a value that is not held.
too_old(attribute) if not fresh(attribute)

# METADATA
# title: A value within the greatest age
fresh(attribute) if {
	is_number(attribute.age_days)
	attribute.age_days <= max_age
}

# --- the terms of the answer ----------------------------------------------------------------

# METADATA
# title: The greatest age
# description: The greatest age in days of a value that the purpose may use.
default max_age := 0

max_age := purpose.max_age_days

# METADATA
# title: The retention of the answer
# description: The time in seconds for which the receiver may keep the answer.
default ttl := 0

ttl := purpose.ttl_s

# METADATA
# title: The obligations of the receiver
# description: A list of codes. Anything but a list leaves the decision undefined.
obligations := [] if not purpose

obligations := sort(stated) if {
	stated := object.get(purpose, "obligations", [])
	is_array(stated)
}
