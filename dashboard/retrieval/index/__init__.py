"""The index views: what they are asked for, the slow work behind them, and a search step by step."""
