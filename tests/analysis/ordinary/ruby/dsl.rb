class Page
  def self.build(&block)
    page = new
    page.instance_eval(&block)
    page
  end

  def initialize = @lines = []
  def title(text) = @lines << "# #{text}"
  def text(body) = @lines << body
  def to_s = @lines.join("\n")
end

puts Page.build {
  title "Hello"
  text "World"
}
