"""Three-phase distribution: the network of a case, its flow, its losses by place, its limits."""
