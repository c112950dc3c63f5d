class Robot
  def initialize = @log = []

  def exec(order) = @log << order
  def system(name) = "system #{name}"
  def spawn = Robot.new
  def load(level) = "level #{level}"

  def run
    exec("left")
    system("drive")
    load(3)
    spawn
    @log
  end
end

robot = Robot.new
puts robot.run.inspect, robot.system("x"), robot.load("y")
