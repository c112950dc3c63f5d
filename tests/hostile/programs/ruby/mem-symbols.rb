# Names that are never forgotten.
20_000_000.times { |count| "name_number_#{count}_of_very_many".to_sym.to_proc }
puts 'LEAK twenty million symbols'
