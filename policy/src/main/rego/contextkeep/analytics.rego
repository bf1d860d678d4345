# METADATA
# title: Statistics
# description: >-
#   Decides one question of an analyst: may this statistic be computed about the customers of this population for
#   this purpose, at this cost? No customer is known here; the gate decides for each customer whether they take part,
#   as if the population's app had asked for the attributes.
package contextkeep.analytics

import data.contextkeep.assurance
import data.contextkeep.catalogue

# METADATA
# title: The answer about a statistic
# description: The document that the host reads.
decision := {
	"allow": count(reasons) == 0,
	"reasons": sort(reasons),
	"step_up": step_up,
}

# METADATA
# title: Role not allowed
# custom:
#   code: ROLE_NOT_ALLOWED
#   audience: app
#   remedy: Use an analyst's token.
reasons contains "ROLE_NOT_ALLOWED" if not is_analyst

# METADATA
# title: Unknown purpose
# custom:
#   code: PURPOSE_UNKNOWN
#   audience: app
#   remedy: State a purpose of the catalogue.
reasons contains "PURPOSE_UNKNOWN" if not known_purpose

# METADATA
# title: Purpose not registered for the population's app
# custom:
#   code: PURPOSE_NOT_REGISTERED
#   audience: app
#   remedy: Ask the operator to register the app for the purpose; customers consent to the app.
reasons contains "PURPOSE_NOT_REGISTERED" if not registered

# METADATA
# title: Stronger authentication required
# description: The token's issuer states it in acr or amr. It applies to apps and analysts, not to customers about themselves.
# custom:
#   code: STEP_UP_REQUIRED
#   audience: app
#   remedy: Use a token with one of the acr values in the challenge (RFC 9470).
reasons contains "STEP_UP_REQUIRED" if {
	known_purpose
	not assured
}

# METADATA
# title: Sufficient authentication for the purpose
assured if assurance.enough(catalogue.purposes[input.purpose])

# METADATA
# title: The sufficient acr values
default step_up := []

step_up := assurance.acr_values(catalogue.purposes[input.purpose]) if "STEP_UP_REQUIRED" in reasons

# METADATA
# title: Category not allowed
# custom:
#   code: CATEGORY_NOT_ALLOWED
#   audience: app
#   remedy: Use attributes of the purpose's categories in the catalogue.
reasons contains "CATEGORY_NOT_ALLOWED" if {
	some attribute in input.attributes
	not covered(attribute)
}

# METADATA
# title: Measure not allowed
# custom:
#   code: MEASURE_NOT_ALLOWED
#   audience: app
#   remedy: Use a measure of the catalogue.
reasons contains "MEASURE_NOT_ALLOWED" if not in_use

# METADATA
# title: Cost too high
# custom:
#   code: COST_TOO_HIGH
#   audience: app
#   remedy: Ask for a less exact answer.
reasons contains "COST_TOO_HIGH" if not affordable

# METADATA
# title: The cost is within the limit of one question
# description: Whole trillionths of ρ and δ; anything but a number exceeds the limit.
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
# title: The purpose is in the catalogue
known_purpose if catalogue.purposes[input.purpose]

# METADATA
# title: The population's app is registered for the purpose
registered if input.purpose in input.population.purposes

# METADATA
# title: The purpose has the attribute's category
covered(attribute) if attribute.category in catalogue.purposes[input.purpose].categories

# METADATA
# title: The catalogue has the measure
in_use if input.aggregate.measure in catalogue.analytics.measures
