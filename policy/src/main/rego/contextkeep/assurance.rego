# METADATA
# title: Assurance
# description: >-
#   How surely the caller was authenticated, as the token's issuer says it in acr and amr, and how surely a purpose
#   demands it. The catalogue gives each value that counts a strength; a value that it does not have counts nothing.
package contextkeep.assurance

import data.contextkeep.catalogue

# METADATA
# title: What the purpose demands
# description: A strength; 0 demands nothing.
demanded(purpose) := object.get(purpose, "assurance", 0)

# METADATA
# title: Strong enough
# description: Nothing is demanded, or one of the values that the token has is as strong as what is.
enough(purpose) if demanded(purpose) == 0

enough(purpose) if as_strong(catalogue.assurance.acr[input.caller.assurance.acr], demanded(purpose))

enough(purpose) if {
	some method in input.caller.assurance.amr
	as_strong(catalogue.assurance.amr[method], demanded(purpose))
}

# METADATA
# title: One strength beside another
# description: What is no number is no strength.
as_strong(strength, needed) if {
	is_number(strength)
	is_number(needed)
	strength >= needed
}

# METADATA
# title: The acr values that are enough for a purpose
acr_values(purpose) := sort({acr |
	some acr, strength in catalogue.assurance.acr
	as_strong(strength, demanded(purpose))
})
