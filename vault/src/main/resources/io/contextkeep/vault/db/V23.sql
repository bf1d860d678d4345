-- The few customers whose data may only be stored, whom every statistic asks for.
CREATE INDEX subject_only_stored ON subject (id) WHERE restricted <> 0 OR erasing <> 0;
