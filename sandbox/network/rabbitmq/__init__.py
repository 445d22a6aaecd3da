"""A stand-in for the message broker, RabbitMQ."""
