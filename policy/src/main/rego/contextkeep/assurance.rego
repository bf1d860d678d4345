# METADATA
# title: Assurance
# description: >-
#   The strength of the caller's authentication, as the token's issuer states it in acr and amr, and the strength that
#   a purpose demands. The catalogue gives known values a strength; other values have none.
package contextkeep.assurance

import data.contextkeep.catalogue

# METADATA
# title: The strength that the purpose demands
# description: 0 demands nothing.
demanded(purpose) := object.get(purpose, "assurance", 0)

# METADATA
# title: Sufficient strength
# description: Nothing is demanded, or one of the token's values has at least the demanded strength.
enough(purpose) if demanded(purpose) == 0

enough(purpose) if as_strong(catalogue.assurance.acr[input.caller.assurance.acr], demanded(purpose))

enough(purpose) if {
	some method in input.caller.assurance.amr
	as_strong(catalogue.assurance.amr[method], demanded(purpose))
}

# METADATA
# title: Comparison of two strengths
# description: Anything but a number is not a strength.
as_strong(strength, needed) if {
	is_number(strength)
	is_number(needed)
	strength >= needed
}

# METADATA
# title: The sufficient acr values for a purpose
acr_values(purpose) := sort({acr |
	some acr, strength in catalogue.assurance.acr
	as_strong(strength, demanded(purpose))
})
