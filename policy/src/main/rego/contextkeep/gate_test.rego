package contextkeep.gate_test

import data.contextkeep.gate

shop := {"id": "shop", "role": "app", "purposes": ["dpv:ServicePersonalisation", "dpv:CustomerCare", "dpv:RightsFulfilment"]}

grant := {
	"purpose": "dpv:ServicePersonalisation", "recipient": "shop", "status": "GIVEN",
	"explicit": false,
}

country := {"category": "pd:Country", "special": false, "age_days": 3}

question := {
	"caller": shop,
	"purpose": "dpv:ServicePersonalisation",
	"subject": {"state": "known", "self": false},
	"consents": [grant],
	"objections": [],
	"attributes": {"country": country},
}

ask(changes) := decision if {
	decision := gate.decision with input as object.union(question, changes)
}

without(key) := decision if {
	decision := gate.decision with input as object.remove(question, [key])
}

refused(decision, code) if {
	decision.allow == false
	code in decision.reasons
}

test_a_live_consent_lets_the_attribute_out if {
	ask({}) == {
		"allow": true, "reasons": [], "attributes": {"country": {"release": "clear"}},
		"basis": "eu-gdpr:A6-1-a", "consents": [0], "ttl_s": 3600, "max_age_days": 730, "obligations": ["NO_ONWARD_TRANSFER"],
		"caps": {}, "step_up": [],
	}
}

test_missing_parts_are_refusals if {
	every key in ["caller", "purpose", "subject", "consents"] {
		without(key).allow == false
		count(without(key).reasons) > 0
	}
}

test_an_unregistered_purpose_is_refused if refused(ask({"caller": {"id": "shop", "purposes": []}}), "PURPOSE_NOT_REGISTERED")

test_an_unknown_purpose_is_refused if refused(ask({"purpose": "dpv:Analytics"}), "PURPOSE_UNKNOWN")

test_other_roles_are_refused if {
	every role in ["source", "analyst", "auditor", "operator", "customer", "APP", ""] {
		refused(ask({"caller": {"role": role}}), "ROLE_NOT_ALLOWED")
	}
}

test_nobody_and_the_erased_are_refused if {
	refused(ask({"subject": {"state": "unknown"}}), "SUBJECT_UNKNOWN")
	refused(ask({"subject": {"state": "erased"}}), "SUBJECT_UNKNOWN")
}

test_a_restriction_stops_apps if refused(ask({"subject": {"state": "restricted"}}), "SUBJECT_RESTRICTED")

test_without_consent_there_is_no_answer if refused(ask({"consents": []}), "NO_CONSENT")

test_a_consent_to_another_app_does_not_count if {
	refused(ask({"consents": [object.union(grant, {"recipient": "rival"})]}), "NO_CONSENT")
}

test_a_consent_to_everyone_is_no_consent if {
	refused(ask({"consents": [object.union(grant, {"recipient": "*"})]}), "NO_CONSENT")
}

test_a_consent_that_expired_is_none_and_said_to_be if {
	refused(ask({"consents": [object.union(grant, {"status": "EXPIRED"})]}), "CONSENT_EXPIRED")
	refused(ask({"consents": [object.union(grant, {"status": "EXPIRED"})]}), "NO_CONSENT")
}

test_only_given_and_renewed_are_consent if {
	ask({"consents": [object.union(grant, {"status": "RENEWED"})]}).allow
	every status in ["UNKNOWN", "REQUESTED", "DEFERRED", "EXPIRED", "given", "", null, 1] {
		refused(ask({"consents": [object.union(grant, {"status": status})]}), "NO_CONSENT")
	}
}

test_the_consents_that_count_are_named_by_their_places if {
	other := object.union(grant, {"purpose": "dpv:DirectMarketing"})
	ask({"consents": [other, grant]}).consents == [1]
}

test_a_grant_for_a_broader_or_narrower_purpose_does_not_count if {
	refused(ask({"consents": [object.union(grant, {"purpose": "dpv:Personalisation"})]}), "NO_CONSENT")
	refused(ask({"consents": [object.union(grant, {"purpose": "dpv:PersonalisedBenefits"})]}), "NO_CONSENT")
}

test_a_no_closes_downward if {
	no := {"purpose": "dpv:Personalisation", "recipient": "shop", "status": "WITHDRAWN", "explicit": false}
	refused(ask({"consents": [grant, no]}), "CONSENT_WITHDRAWN")
	refused(ask({"consents": [grant, object.union(no, {"recipient": "*"})]}), "CONSENT_WITHDRAWN")
	ask({"consents": [grant, object.union(no, {"recipient": "rival"})]}).allow
	ask({"consents": [grant, object.union(no, {"purpose": "dpv:PersonalisedBenefits"})]}).allow
}

test_every_kind_of_no_counts if {
	every status in ["REFUSED", "WITHDRAWN", "REVOKED", "INVALIDATED"] {
		refused(ask({"consents": [object.union(grant, {"status": status})]}), "CONSENT_WITHDRAWN")
	}
}

test_an_objection_closes_downward if {
	refused(ask({"objections": ["dpv:ServicePersonalisation"]}), "OBJECTION")
	refused(ask({"objections": ["dpv:Personalisation"]}), "OBJECTION")
	ask({"objections": ["dpv:PersonalisedBenefits"]}).allow
}

test_a_contract_needs_no_consent_but_heeds_objections if {
	ask({"purpose": "dpv:CustomerCare", "consents": []}).allow
	ask({"purpose": "dpv:CustomerCare", "consents": []}).consents == []
	refused(ask({"purpose": "dpv:CustomerCare", "objections": ["dpv:CustomerManagement"]}), "OBJECTION")
}

# An app that tells the affected of a breach.
notice := {
	"caller": {"id": "herald", "role": "app", "purposes": ["dpv:LegalCompliance"]},
	"purpose": "dpv:LegalCompliance", "consents": [],
	"attributes": {"email": object.union(country, {"category": "pd:EmailAddress"})},
}

# What is decided for a purpose that rests on the basis.
resting_on(basis, changes) := decision if {
	asked := object.union(object.union(question, notice), changes)
	terms := {"basis": basis, "categories": ["pd:EmailAddress"], "max_age_days": 3650, "ttl_s": 900}
	decision := gate.decision with input as object.union(asked, {"caller": {"purposes": [asked.purpose]}})
		with data.contextkeep.catalogue.purposes as {asked.purpose: terms}
}

every_objection := {"objections": ["dpv:LegalCompliance", "dpv:FulfilmentOfObligation"]}

test_the_notice_of_a_breach_reaches_customers_who_objected if {
	decision := resting_on("eu-gdpr:A6-1-c", every_objection)
	decision.reasons == []
	decision.attributes.email.release == "clear"
}

test_the_notice_of_a_breach_reaches_customers_who_restricted_everything if {
	decision := resting_on("eu-gdpr:A6-1-c", {"subject": {"state": "restricted"}})
	decision.reasons == []
	decision.attributes.email.release == "clear"
}

test_the_notice_of_a_breach_reaches_customers_who_refused_consent_to_it if {
	every purpose in ["dpv:LegalCompliance", "dpv:FulfilmentOfObligation"] {
		no := {"purpose": purpose, "recipient": "*", "status": "REFUSED", "explicit": false}
		resting_on("eu-gdpr:A6-1-c", {"consents": [no]}).allow
	}
}

test_the_notice_of_a_breach_reaches_nobody_unknown if {
	refused(resting_on("eu-gdpr:A6-1-c", {"subject": {"state": "erased"}}), "SUBJECT_UNKNOWN")
}

test_legal_compliance_on_another_basis_is_stopped_by_what_customers_say if {
	no := {"purpose": "dpv:LegalCompliance", "recipient": "*", "status": "REFUSED", "explicit": false}
	every basis in ["eu-gdpr:A6-1-a", "eu-gdpr:A6-1-b", "eu-gdpr:A6-1-d", "eu-gdpr:A6-1-e", "eu-gdpr:A6-1-f", "eu-gdpr:A6-1-c-x"] {
		refused(resting_on(basis, every_objection), "OBJECTION")
		refused(resting_on(basis, {"subject": {"state": "restricted"}}), "SUBJECT_RESTRICTED")
		refused(resting_on(basis, {"consents": [no]}), "CONSENT_WITHDRAWN")
	}
}

test_an_objection_does_not_stop_a_legal_obligation_but_a_restriction_and_a_no_do if {
	asked := {"purpose": "dpv:CounterMoneyLaundering"}
	no := {"purpose": "dpv:EnforceSecurity", "recipient": "*", "status": "WITHDRAWN", "explicit": false}
	resting_on("eu-gdpr:A6-1-c", object.union(asked, {"objections": ["dpv:EnforceSecurity"]})).reasons == []
	resting_on("eu-gdpr:A6-1-c", object.union(asked, {"subject": {"state": "restricted"}})).reasons == ["SUBJECT_RESTRICTED"]
	resting_on("eu-gdpr:A6-1-c", object.union(asked, {"consents": [no]})).reasons == ["CONSENT_WITHDRAWN"]
}

test_an_objection_to_marketing_counts_on_every_basis if {
	every purpose in ["dpv:Marketing", "dpv:DirectMarketing", "dpv:TargetedAdvertising"] {
		decision := resting_on("eu-gdpr:A6-1-c", {"purpose": purpose, "objections": ["dpv:Marketing"]})
		decision.reasons == ["OBJECTION"]
	}
}

test_a_category_the_purpose_does_not_name_is_withheld if {
	decision := ask({"attributes": {"income": object.union(country, {"category": "pd:Income"})}})
	decision.attributes.income == {"release": "withheld", "reason": "CATEGORY_NOT_ALLOWED"}
}

test_special_categories_need_explicit_consent if {
	health := {"attributes": {"health": object.union(country, {"category": "pd:Health", "special": true})}}
	ask(health).attributes.health.reason == "SPECIAL_NEEDS_EXPLICIT_CONSENT"
	explicit := {"consents": [object.union(grant, {"explicit": true})]}
	ask(object.union(health, explicit)).attributes.health.release == "clear"
}

test_an_attribute_without_the_mark_counts_as_special if {
	decision := ask({"attributes": {"x": object.remove(country, ["special"])}})
	decision.attributes.x.release == "withheld"
}

test_what_is_too_old_or_of_no_age_is_withheld if {
	too_old := {"release": "withheld", "reason": "TOO_OLD"}
	ask({"attributes": {"country": object.union(country, {"age_days": 730})}}).attributes.country.release == "clear"
	ask({"attributes": {"country": object.union(country, {"age_days": 731})}}).attributes.country == too_old
	ask({"attributes": {"x": object.remove(country, ["age_days"])}}).attributes.x == too_old
	every age in ["1", null, false] {
		ask({"attributes": {"country": object.union(country, {"age_days": age})}}).attributes.country == too_old
	}
}

test_masks_are_named if {
	decision := ask({"attributes": {"email": object.union(country, {"category": "pd:EmailAddress"})}})
	decision.attributes.email == {"release": "mask", "mask": "LAST_FOUR"}
}

# The purpose with what a test changes of its terms.
purposes(terms) := {asked: object.union(data.contextkeep.catalogue.purposes[asked], terms)} if asked := question.purpose

under(terms, changes) := decision if {
	decision := ask(changes) with data.contextkeep.catalogue.purposes as purposes(terms)
}

of_category(category) := {"attributes": {"x": object.union(country, {"category": category})}}

test_a_mask_that_needs_to_know_more_is_given_it if {
	bucket := {"mask": "BUCKET", "edges": [18, 30]}
	decision := under({"masks": {"pd:AgeRange": bucket}}, of_category("pd:AgeRange"))
	decision.attributes.x == {"release": "mask", "mask": "BUCKET", "edges": [18, 30]}
}

test_no_mask_can_say_that_it_is_none if {
	open_mask := {"mask": "REDACT", "release": "clear"}
	decision := under({"masks": {"pd:AgeRange": open_mask}}, of_category("pd:AgeRange"))
	decision.attributes.x.release == "mask"
}

test_masks_that_cannot_be_understood_let_nothing_out if {
	every mask in [null, false, 1, ["REDACT"]] {
		decision := under({"masks": {"pd:Household": mask}}, of_category("pd:Household"))
		object.keys(decision.attributes) == {"country"}
	}
	every masks in ["REDACT", false, 1, ["pd:Household"], null] {
		decision := under({"masks": masks}, of_category("pd:Country"))
		decision.attributes == {}
	}
}

test_a_purpose_without_masks_masks_nothing if {
	bare := {"dpv:ServicePersonalisation": object.remove(purposes({})["dpv:ServicePersonalisation"], ["masks", "obligations"])}
	decision := ask({}) with data.contextkeep.catalogue.purposes as bare
	decision.attributes.country.release == "clear"
	decision.obligations == []
}

test_obligations_that_are_no_list_are_no_decision if {
	every stated in ["NO_ONWARD_TRANSFER", {"NO_ONWARD_TRANSFER": true}, null, false, {"NO_ONWARD_TRANSFER"}] {
		not under({"obligations": stated}, {})
	}
}

test_obligations_are_told_in_order if {
	decision := under({"obligations": ["B", "A"]}, {})
	decision.obligations == ["A", "B"]
}

test_an_unknown_purpose_obliges_to_nothing if {
	decision := ask({"purpose": "dpv:Analytics", "caller": {"purposes": ["dpv:Analytics"]}})
	decision.reasons == ["PURPOSE_UNKNOWN"]
	decision.obligations == []
	decision.caps == {}
	decision.step_up == []
}

shows(assurance) := decision if {
	decision := under({"assurance": 2}, {"caller": {"assurance": assurance}})
}

test_a_purpose_may_demand_that_the_caller_was_surely_authenticated if {
	every none in [{}, {"acr": "aal1"}, {"acr": "gold"}, {"acr": 2}, {"amr": ["pwd"]}, {"amr": []}, null, "aal3", {"aal3": true}] {
		shows(none).reasons == ["STEP_UP_REQUIRED"]
		shows(none).step_up == ["aal2", "aal3", "phr", "phrh"]
	}
	every enough in [{"acr": "aal2"}, {"acr": "aal3"}, {"amr": ["mfa"]}, {"amr": ["pwd", "mfa"]}, {"acr": "aal1", "amr": ["mfa"]}] {
		shows(enough).allow
		shows(enough).step_up == []
	}
	decision := under({"assurance": 2}, {})
	decision.reasons == ["STEP_UP_REQUIRED"]
}

test_what_is_no_strength_is_never_enough if {
	every demanded in ["2", "0", null, false, true, [], {}] {
		decision := under({"assurance": demanded}, {"caller": {"assurance": {"acr": "aal3", "amr": ["mfa"]}}})
		decision.reasons == ["STEP_UP_REQUIRED"]
		decision.step_up == []
	}
	every strength in ["9", null, true, {}] {
		decision := under({"assurance": 2}, {"caller": {"assurance": {"acr": "gold", "amr": ["gold"]}}})
			with data.contextkeep.catalogue.assurance as {"acr": {"gold": strength}, "amr": {"gold": strength}}
		decision.reasons == ["STEP_UP_REQUIRED"]
		decision.step_up == []
	}
}

asks_about(customers) := decision if {
	decision := under({"caps": {"customers": 20}}, {"request": {"customers": customers}})
}

test_a_request_may_be_about_so_many_customers if {
	asks_about(20).allow
	asks_about(1).allow
	every many in [21, "1", null, false] {
		asks_about(many).reasons == ["TOO_MANY_CUSTOMERS"]
	}
	decision := under({"caps": {"customers": 20}}, {})
	decision.reasons == ["TOO_MANY_CUSTOMERS"]
	ask({"request": {"customers": 100}}).allow
}

test_the_host_is_told_all_caps if {
	caps := {"events": 5, "reads_per_hour": 7, "unheard_of": 1}
	decision := under({"caps": caps}, {})
	decision.allow
	decision.caps == caps
}

self := {
	"caller": {"id": "customer", "role": "customer", "purposes": []}, "purpose": "dpv:RightsFulfilment",
	"subject": {"state": "known", "self": true}, "consents": [],
}

test_customers_see_all_that_is_theirs_also_when_restricted if {
	ask(self).allow
	ask(self).attributes.country.release == "clear"
	ask(object.union(self, {"subject": {"state": "restricted"}})).allow
}

test_customers_see_all_that_is_theirs_at_once_and_however_they_came if {
	stated := object.union(
		data.contextkeep.catalogue.purposes["dpv:RightsFulfilment"],
		{"assurance": 3, "caps": {"customers": 0, "events": 1}},
	)
	decision := ask(self) with data.contextkeep.catalogue.purposes as {"dpv:RightsFulfilment": stated}
	decision.allow
	decision.caps == {}
	decision.step_up == []
}

test_customers_see_nothing_of_others if refused(ask(object.union(self, {"subject": {"self": false}})), "ROLE_NOT_ALLOWED")

test_customers_state_no_other_purpose if {
	refused(ask(object.union(self, {"purpose": "dpv:DirectMarketing"})), "ROLE_NOT_ALLOWED")
}

test_apps_do_not_get_the_customers_own_view if {
	decision := ask({"purpose": "dpv:RightsFulfilment"})
	decision.attributes.country.release == "withheld"
}

test_a_purpose_without_a_basis_is_no_yes if {
	decision := gate.decision with input as question
		with data.contextkeep.catalogue.purposes as {"dpv:ServicePersonalisation": {"categories": []}}
	decision.allow == false
	decision.reasons == ["NOT_PERMITTED"]
	decision.basis == ""
	decision.ttl_s == 0
	decision.max_age_days == 0
}

test_a_refusal_says_no_more_than_what_is_so if {
	ask({"consents": []}).reasons == ["NO_CONSENT"]
	ask({"subject": {"state": "restricted"}}).reasons == ["SUBJECT_RESTRICTED"]
	ended := object.union(grant, {"status": "EXPIRED"})
	ask({"consents": [ended]}).reasons == ["CONSENT_EXPIRED", "NO_CONSENT"]
	ask({"consents": [grant, object.union(ended, {"purpose": "dpv:DirectMarketing"})]}).reasons == []
	ask({"consents": [grant, object.union(ended, {"recipient": "rival"})]}).reasons == []
	for_care := object.union(ended, {"purpose": "dpv:CustomerCare"})
	ask({"purpose": "dpv:CustomerCare", "consents": [for_care]}).reasons == []
}

test_a_refusal_rests_on_no_consent if {
	ask({"subject": {"state": "restricted"}}).consents == []
}

test_only_customers_are_themselves if {
	every role in ["operator", "analyst", ""] {
		refused(ask(object.union(self, {"caller": {"role": role}})), "ROLE_NOT_ALLOWED")
	}
}

test_no_no_keeps_customers_from_what_is_theirs if {
	no := {"purpose": "dpv:RightsFulfilment", "recipient": "*", "status": "WITHDRAWN", "explicit": false}
	ask(object.union(self, {"consents": [no]})).allow
	ask(object.union(self, {"objections": ["dpv:RightsFulfilment"]})).allow
}

test_an_objection_does_not_hide_from_customers_what_is_held_on_any_basis if {
	terms := object.union(
		data.contextkeep.catalogue.purposes["dpv:RightsFulfilment"],
		{"basis": "eu-gdpr:A6-1-f"},
	)
	decision := ask(object.union(self, {"objections": ["dpv:RightsFulfilment"]})) with data.contextkeep.catalogue.purposes as {"dpv:RightsFulfilment": terms}
	decision.allow
}

test_the_golden_decisions_are_this_policys if {
	count(data.contextkeep.golden.cases) > 0
	every known in data.contextkeep.golden.cases {
		decided := gate.decision with input as known.input
		decided == known.decision
	}
}
