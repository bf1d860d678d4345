package io.contextkeep.ontology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.ModelFactory;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.rdf.model.ResourceFactory;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.vocabulary.RDF;
import org.junit.jupiter.api.Test;

/** The states of requests, compared with their vocabulary. */
final class RequestStateTest {
  /** A term about requests that is not a state. */
  private static final String QUERY = "dpv:RequestStatusQuery";

  @Test
  void theStates_areThoseOfTheVocabulary() throws IOException {
    TreeSet<String> published = new TreeSet<>();
    dpv()
        .listSubjectsWithProperty(RDF.type, term("RequestStatus"))
        .forEach(state -> published.add("dpv:" + state.getLocalName()));
    published.remove(QUERY);
    assertThat(Stream.of(RequestState.values()).map(RequestState::curie))
        .containsExactlyInAnyOrderElementsOf(published);
  }

  /**
   * The properties by which a version of DPV would define the order; it would have to be compared
   * with {@link RequestState#next}.
   */
  @Test
  void theVocabulary_doesNotDefineTheirOrder() throws IOException {
    Model dpv = dpv();
    for (RequestState state : RequestState.values()) {
      Resource term = ResourceFactory.createResource(Vocabulary.iri(state.curie()));
      for (String order : List.of("isBefore", "isAfter")) {
        var property = ResourceFactory.createProperty(Vocabulary.DPV + order);
        assertThat(dpv.contains(null, property, term)).as("%s %s", order, state).isFalse();
        assertThat(dpv.contains(term, property)).as("%s %s", state, order).isFalse();
      }
    }
  }

  @Test
  void everyState_isReachable_andEveryPathCanEnd() {
    assertThat(reached(RequestState.INITIATED)).isEqualTo(EnumSet.allOf(RequestState.class));
    Set<RequestState> ends =
        EnumSet.of(RequestState.REJECTED, RequestState.FULFILLED, RequestState.UNFULFILLED);
    for (RequestState state : RequestState.values()) {
      assertThat(state.isFinal()).isEqualTo(ends.contains(state));
      assertThat(reached(state)).as("%s", state).containsAnyElementsOf(ends);
      assertThat(state.next()).doesNotContain(state, RequestState.INITIATED);
      assertThat(RequestState.parse(state.curie())).contains(state);
    }
    assertThat(RequestState.parse("dpv:RequestForgotten")).isEmpty();
  }

  private static Set<RequestState> reached(RequestState from) {
    EnumSet<RequestState> reached = EnumSet.of(from);
    while (reached.stream().toList().stream().anyMatch(state -> reached.addAll(state.next()))) {
      // Repeated until it is stable.
    }
    return reached;
  }

  private static Resource term(String name) {
    return ResourceFactory.createResource(Vocabulary.DPV + name);
  }

  private static Model dpv() throws IOException {
    Model dpv = ModelFactory.createDefaultModel();
    try (InputStream in =
        Objects.requireNonNull(Vocabulary.class.getResourceAsStream("dpv-2.3/dpv.ttl"))) {
      RDFDataMgr.read(dpv, in, Lang.TURTLE);
    }
    return dpv;
  }
}
