class Config
  %i[name port].each do |field|
    define_method(field) { @values[field] }
    define_method("#{field}=") { |value| @values[field] = value }
  end

  def initialize = @values = {}

  def method_missing(name, *args)
    name.end_with?("?") ? !!@values[name.to_s.chomp("?").to_sym] : super
  end

  def respond_to_missing?(name, include_private = false) = name.end_with?("?") || super
end

config = Config.new
config.port = 80
puts config.port, config.port?, config.public_send(:name).inspect, config.respond_to?(:x?)
