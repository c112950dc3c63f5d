import java.util.Iterator;
import java.util.NoSuchElementException;

class Stack<T> implements Iterable<T> {
    private static class Node<T> {
        final T value;
        final Node<T> next;

        Node(T value, Node<T> next) {
            this.value = value;
            this.next = next;
        }
    }

    private Node<T> top;

    void push(T value) { top = new Node<>(value, top); }

    T pop() {
        if (top == null) throw new NoSuchElementException();
        T value = top.value;
        top = top.next;
        return value;
    }

    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            Node<T> node = top;
            public boolean hasNext() { return node != null; }
            public T next() { T value = node.value; node = node.next; return value; }
        };
    }
}

public class Main {
    public static void main(String[] args) {
        Stack<String> stack = new Stack<>();
        stack.push("a");
        stack.push("b");
        for (String s : stack) System.out.println(s);
        System.out.println(stack.pop());
    }
}
