package io.contextkeep.ontology.records;

import java.util.Optional;

/**
 * The forms of receipts, by version. A version that was used for signing never changes, as an old
 * receipt must be reproducible byte for byte.
 */
public enum Form {
  /** ISO/IEC TS 27560:2023 in the DPV-27560 profile (DPV 2.3), for the GDPR. */
  V1(1) {
    @Override
    public Document write(ConsentReceipt receipt) {
      return FormV1.of(receipt);
    }

    @Override
    public Document write(NoticeReceipt receipt) {
      return FormV1.of(receipt);
    }

    @Override
    public Document write(ErasureCertificate certificate) {
      return CertificateV1.of(certificate);
    }
  },

  /**
   * The same profile with its own terms for data source, necessity, authority, expiry, retention
   * and events, for readers that know only the profile.
   */
  V2(2) {
    @Override
    public Document write(ConsentReceipt receipt) {
      return FormV2.of(receipt);
    }

    @Override
    public Document write(NoticeReceipt receipt) {
      return FormV2.of(receipt);
    }

    @Override
    public Document write(ErasureCertificate certificate) {
      return CertificateV1.of(certificate);
    }
  };

  /** The form of new receipts. */
  public static final Form NEWEST = V2;

  private final int number;

  Form(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  public static Optional<Form> of(int number) {
    for (Form form : values()) {
      if (form.number == number) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }

  public abstract Document write(ConsentReceipt receipt);

  public abstract Document write(NoticeReceipt receipt);

  public abstract Document write(ErasureCertificate certificate);
}
