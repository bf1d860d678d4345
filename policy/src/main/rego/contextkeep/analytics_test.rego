package contextkeep.analytics_test

import data.contextkeep.gate

question := {
	"aggregate": {"measure": "count", "rho": 500000000000, "delta": 1000000},
	"caller": {"id": "ana", "role": "analyst"},
	"purpose": "dpv:ServiceUsageAnalytics",
	"population": {"id": "shop", "purposes": ["dpv:ServiceUsageAnalytics"]},
	"attributes": {"country": {"category": "pd:Country"}},
}

ask(changes) := decision if {
	decision := gate.decision with input as object.union(question, changes)
}

test_an_analyst_is_answered if ask({}) == {"allow": true, "reasons": [], "step_up": []}

test_nobody_else_is if {
	every role in ["app", "source", "auditor", "operator", "customer", ""] {
		ask({"caller": {"role": role}}) == {"allow": false, "reasons": ["ROLE_NOT_ALLOWED"], "step_up": []}
	}
}

test_an_unknown_purpose_covers_nothing if {
	ask({"purpose": "dpv:Analytics", "population": {"purposes": ["dpv:Analytics"]}}) == {
		"allow": false,
		"reasons": ["CATEGORY_NOT_ALLOWED", "PURPOSE_UNKNOWN"],
		"step_up": [],
	}
}

test_the_population_is_of_an_app_with_that_purpose if {
	ask({"population": {"purposes": ["dpv:CustomerCare"]}}) == {"allow": false, "reasons": ["PURPOSE_NOT_REGISTERED"], "step_up": []}
}

test_every_attribute_must_be_covered if {
	ask({"attributes": {"health": {"category": "pd:Health"}}}) == {"allow": false, "reasons": ["CATEGORY_NOT_ALLOWED"], "step_up": []}
}

test_every_measure_of_the_catalogue_is_allowed if {
	every measure in ["count", "sum", "mean", "variance", "quantile", "histogram"] {
		ask({"aggregate": {"measure": measure}}).allow
	}
}

test_other_measures_are_not if {
	every measure in ["max", "COUNT", ""] {
		ask({"aggregate": {"measure": measure}}) == {"allow": false, "reasons": ["MEASURE_NOT_ALLOWED"], "step_up": []}
	}
}

test_one_question_costs_only_so_much if {
	every cost in [
		{"rho": 500000000001}, {"delta": 1000001}, {"rho": "1"}, {"delta": "1"}, {"rho": null}, {"delta": null},
	] {
		ask({"aggregate": cost}) == {"allow": false, "reasons": ["COST_TOO_HIGH"], "step_up": []}
	}
}

test_missing_parts_are_refusals if {
	every key in ["caller", "purpose", "population"] {
		decision := gate.decision with input as object.remove(question, [key])
		decision.allow == false
	}
}

fraud := {
	"purpose": "dpv:FraudPreventionAndDetection",
	"population": {"id": "shop", "purposes": ["dpv:FraudPreventionAndDetection"]},
}

test_a_purpose_that_demands_it_is_for_analysts_who_authenticated_strongly if {
	ask(fraud) == {"allow": false, "reasons": ["STEP_UP_REQUIRED"], "step_up": ["aal2", "aal3", "phr", "phrh"]}
	ask(object.union(fraud, {"caller": {"assurance": {"acr": "aal1"}}})).reasons == ["STEP_UP_REQUIRED"]
	ask(object.union(fraud, {"caller": {"assurance": {"acr": "aal2"}}})).allow
	ask(object.union(fraud, {"caller": {"assurance": {"amr": ["pwd", "mfa"]}}})).allow
}
