puts 10.fdiv(4), 7.divmod(3).inspect, 255.to_s(2), 3.14.round(1), 1_000.digits.sum
puts Integer("42"), Float("1.5"), "12abc".to_i, (0.0 / 0.0).nan?, 2**100, Rational(1, 3) + 1
