# METADATA
# title: Statistics
# description: >-
#   Decides one question of an analyst: may this be worked out of the customers of this population for this
#   purpose, at this cost? No customer is known here; which of them take part is decided for each by the gate,
#   as if the population's app had asked for the attributes itself.
package contextkeep.analytics

import data.contextkeep.assurance
import data.contextkeep.catalogue

# METADATA
# title: The answer about a statistic
# description: What the host reads.
decision := {
	"allow": count(reasons) == 0,
	"reasons": sort(reasons),
	"step_up": step_up,
}

# METADATA
# title: Nobody else asks for statistics
# custom:
#   code: ROLE_NOT_ALLOWED
#   told: app
#   remedy: Ask with an analyst's token.
reasons contains "ROLE_NOT_ALLOWED" if not is_analyst

# METADATA
# title: A purpose that the catalogue does not have for statistics
# custom:
#   code: PURPOSE_UNKNOWN
#   told: app
#   remedy: State a purpose that the operator has put into the catalogue.
reasons contains "PURPOSE_UNKNOWN" if not known_purpose

# METADATA
# title: A purpose that the population's app is not registered for
# custom:
#   code: PURPOSE_NOT_REGISTERED
#   told: app
#   remedy: Have the operator register the app for the purpose; customers consent to the app.
reasons contains "PURPOSE_NOT_REGISTERED" if not registered

# METADATA
# title: A caller who must authenticate more strongly
# description: By what the token's issuer says in acr or amr; apps and analysts alike, and never a customer about herself.
# custom:
#   code: STEP_UP_REQUIRED
#   told: app
#   remedy: Ask with a token that its issuer gave one of the acr values in the challenge (RFC 9470).
reasons contains "STEP_UP_REQUIRED" if {
	known_purpose
	not assured
}

# METADATA
# title: An analyst as surely authenticated as the purpose demands
assured if assurance.enough(catalogue.purposes[input.purpose])

# METADATA
# title: What would be strong enough
default step_up := []

step_up := assurance.acr_values(catalogue.purposes[input.purpose]) if "STEP_UP_REQUIRED" in reasons

# METADATA
# title: An attribute that the purpose does not cover
# custom:
#   code: CATEGORY_NOT_ALLOWED
#   told: app
#   remedy: Ask about attributes of the categories that the catalogue has for the purpose.
reasons contains "CATEGORY_NOT_ALLOWED" if {
	some attribute in input.attributes
	not covered(attribute)
}

# METADATA
# title: A measure that is not in use
# custom:
#   code: MEASURE_NOT_ALLOWED
#   told: app
#   remedy: Ask for a measure that the catalogue has.
reasons contains "MEASURE_NOT_ALLOWED" if not in_use

# METADATA
# title: More than one question may cost
# custom:
#   code: COST_TOO_HIGH
#   told: app
#   remedy: Ask for a less exact answer.
reasons contains "COST_TOO_HIGH" if not affordable

# METADATA
# title: What one question may cost
# description: Whole trillionths of ρ and δ; anything that is no number is too much.
affordable if {
	is_number(input.aggregate.rho)
	is_number(input.aggregate.delta)
	input.aggregate.rho <= catalogue.analytics.max_rho
	input.aggregate.delta <= catalogue.analytics.max_delta
}

# METADATA
# title: An analyst
is_analyst if input.caller.role == "analyst"

# METADATA
# title: A purpose that the catalogue has
known_purpose if catalogue.purposes[input.purpose]

# METADATA
# title: A purpose of the population's app
registered if input.purpose in input.population.purposes

# METADATA
# title: An attribute that the purpose covers
covered(attribute) if attribute.category in catalogue.purposes[input.purpose].categories

# METADATA
# title: A measure in use
in_use if input.aggregate.measure in catalogue.analytics.measures
