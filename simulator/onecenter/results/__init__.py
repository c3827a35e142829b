"""What a decision log says: waits, targets, reasons and figures, as tables."""
