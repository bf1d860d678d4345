# METADATA
# title: The gate
# description: >-
#   Decides one question: may this caller have these attributes of this customer for this purpose, now?
#   It allows only what a rule names; what is missing, unknown, expired or contradictory is refused.
#   The input is built by the host from a closed record and everything else is in data.contextkeep.
#   No clock is read here: the host says where a consent stands now and how many days old a value is,
#   so that the same input always has the same answer.
package contextkeep.gate

import data.contextkeep.catalogue

default allow := false

allow if {
	count(reasons) == 0
	basis_holds
}

# What the host reads. Sets become sorted arrays, so that every engine gives the same document.
# METADATA
# entrypoint: true
decision := {
	"allow": allow,
	"reasons": sort(shown_reasons),
	"attributes": attributes,
	"basis": basis,
	"consents": sort(used_consents),
	"ttl_s": ttl,
	"max_age_days": max_age,
	"obligations": sort(obligations),
}

shown_reasons contains code if some code in reasons

# An allow-list backstop: a refusal always has a reason.
shown_reasons contains "NOT_PERMITTED" if {
	count(reasons) == 0
	not allow
}

# --- who asks, and for what -------------------------------------------------------------------

is_app if input.caller.role == "app"

is_self if {
	input.caller.role == "customer"
	input.subject.self == true
	input.purpose == "dpv:RightsFulfilment"
}

default known_purpose := false

known_purpose if catalogue.purposes[input.purpose]

default registered := false

registered if input.purpose in input.caller.purposes

reasons contains "ROLE_NOT_ALLOWED" if {
	not is_app
	not is_self
}

reasons contains "PURPOSE_UNKNOWN" if not known_purpose

reasons contains "PURPOSE_NOT_REGISTERED" if {
	not is_self
	not registered
}

# --- whose data --------------------------------------------------------------------------------

default subject_known := false

subject_known if input.subject.state in {"known", "restricted"}

reasons contains "SUBJECT_UNKNOWN" if not subject_known

reasons contains "SUBJECT_RESTRICTED" if {
	input.subject.state == "restricted"
	not is_self
}

# --- on what basis -----------------------------------------------------------------------------

basis := catalogue.purposes[input.purpose].basis

default basis := ""

needs_consent if startswith(basis, "eu-gdpr:A6-1-a")

default basis_holds := false

basis_holds if is_self

basis_holds if {
	known_purpose
	is_app
	not needs_consent
}

basis_holds if {
	needs_consent
	count(live_grants) > 0
}

# A grant covers exactly the purpose and the recipient that it names.
live_grants[place] := consent if {
	some place, consent in input.consents
	consent.purpose == input.purpose
	consent.recipient == input.caller.id
	consent.status in {"GIVEN", "RENEWED"}
}

reasons contains "CONSENT_EXPIRED" if {
	needs_consent
	not is_self
	some consent in input.consents
	consent.purpose == input.purpose
	consent.recipient == input.caller.id
	consent.status == "EXPIRED"
}

reasons contains "NO_CONSENT" if {
	needs_consent
	not is_self
	count(live_grants) == 0
}

# A no closes downward: it covers every narrower purpose too. A yes never does.
covering contains input.purpose

covering contains ancestor if some ancestor in catalogue.ancestors[input.purpose]

reasons contains "CONSENT_WITHDRAWN" if {
	not is_self
	some consent in input.consents
	consent.status in {"REFUSED", "WITHDRAWN", "REVOKED", "INVALIDATED"}
	consent.purpose in covering
	consent.recipient in {input.caller.id, "*"}
}

reasons contains "OBJECTION" if {
	not is_self
	some objection in input.objections
	objection in covering
}

# By their places in the input: the host knows which ones those are.
used_consents contains place if {
	allow
	needs_consent
	some place, _ in live_grants
}

# --- which attributes, and how -----------------------------------------------------------------

attributes[name] := released if {
	some name, attribute in input.attributes
	released := outcome(attribute)
}

outcome(_) := {"release": "clear"} if is_self

outcome(attribute) := {"release": "withheld", "reason": reason} if {
	not is_self
	reason := withheld(attribute)
}

outcome(attribute) := {"release": "clear"} if {
	not is_self
	not withheld(attribute)
	not mask_of(attribute)
}

outcome(attribute) := {"release": "mask", "mask": mask} if {
	not is_self
	not withheld(attribute)
	mask := mask_of(attribute)
}

withheld(attribute) := "CATEGORY_NOT_ALLOWED" if not category_allowed(attribute)

else := "SPECIAL_NEEDS_EXPLICIT_CONSENT" if {
	not attribute.special == false
	not explicit
}

else := "TOO_OLD" if not fresh(attribute)

category_allowed(attribute) if attribute.category in catalogue.purposes[input.purpose].categories

explicit if {
	some consent in live_grants
	consent.explicit == true
}

fresh(attribute) if {
	is_number(attribute.age_days)
	attribute.age_days <= max_age
}

mask_of(attribute) := catalogue.purposes[input.purpose].masks[attribute.category]

# --- what the answer obliges to ----------------------------------------------------------------

max_age := catalogue.purposes[input.purpose].max_age_days

default max_age := 0

ttl := catalogue.purposes[input.purpose].ttl_s

default ttl := 0

obligations contains code if some code in catalogue.purposes[input.purpose].obligations
