class Game {
    private int health = 3;
    private boolean running = true;

    void destroy() { health--; }
    void load(String level) { System.out.println("loading " + level); }

    void loop() {
        for (;;) {
            destroy();
            if (health == 0) {
                running = false;
                return;
            }
        }
    }

    boolean isRunning() { return running; }
}

public class Main {
    public static void main(String[] args) {
        Game game = new Game();
        game.load("one");
        game.loop();
        System.out.println(game.isRunning());
    }
}
