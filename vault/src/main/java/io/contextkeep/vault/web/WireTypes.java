package io.contextkeep.vault.web;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.contextkeep.ontology.Concept;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * The serializers of answer records: an empty {@code Optional} is left out, instants are in UTC
 * with milliseconds, days as ISO 8601 has them, enums are their codes and terms their CURIEs.
 */
final class WireTypes extends SimpleModule {
  private static final long serialVersionUID = 1;

  WireTypes() {
    super("contextkeep");
    addSerializer(new Present());
    addSerializer(new Time());
    addSerializer(LocalDate.class, ToStringSerializer.instance);
    addSerializer(new Code());
    addSerializer(new Curie());
  }

  private static final class Present extends StdSerializer<Optional<?>> {
    private static final long serialVersionUID = 1;

    Present() {
      super(Optional.class, false);
    }

    @Override
    public boolean isEmpty(SerializerProvider provider, Optional<?> value) {
      return value.isEmpty();
    }

    @Override
    public void serialize(Optional<?> value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(value.orElseThrow(), out);
    }
  }

  private static final class Time extends StdSerializer<Instant> {
    private static final long serialVersionUID = 1;

    Time() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(Times.write(value));
    }
  }

  private static final class Code extends StdSerializer<Enum<?>> {
    private static final long serialVersionUID = 1;

    Code() {
      super(Enum.class, false);
    }

    @Override
    public void serialize(Enum<?> value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(Parameters.code(value));
    }
  }

  private static final class Curie extends StdSerializer<Concept<?>> {
    private static final long serialVersionUID = 1;

    Curie() {
      super(Concept.class, false);
    }

    @Override
    public void serialize(Concept<?> value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.curie());
    }
  }
}
