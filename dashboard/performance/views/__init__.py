"""What a measurement shows: time, work, share of the peak."""
