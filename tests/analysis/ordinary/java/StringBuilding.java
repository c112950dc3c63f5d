public class Main {
    public static void main(String[] args) {
        StringBuilder text = new StringBuilder("hello world");
        text.delete(0, 6).reverse().append('!').deleteCharAt(0);
        String other = text.toString().trim();
        System.out.println(other + " " + other.equals("lrow!") + " " + "a".compareTo("b"));
    }
}
