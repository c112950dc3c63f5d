import java.util.ArrayDeque;
import java.util.Deque;

public class Main {
    static double eval(String expression) {
        Deque<Double> stack = new ArrayDeque<>();
        for (String token : expression.split(" ")) {
            switch (token) {
                case "+" -> stack.push(stack.pop() + stack.pop());
                case "*" -> stack.push(stack.pop() * stack.pop());
                default -> stack.push(Double.parseDouble(token));
            }
        }
        return stack.pop();
    }

    public static void main(String[] args) {
        System.out.println(eval("3 4 + 2 *"));
    }
}
