class InsufficientFunds extends Exception {
    InsufficientFunds(String message) { super(message); }
}

class Account {
    private long balance;

    Account(long balance) { this.balance = balance; }

    void withdraw(long amount) throws InsufficientFunds {
        if (amount > balance) throw new InsufficientFunds("only " + balance);
        balance -= amount;
    }
}

public class Main {
    public static void main(String[] args) {
        try {
            new Account(5).withdraw(8);
        } catch (InsufficientFunds e) {
            System.out.println(e.getMessage());
        } finally {
            System.out.println("done");
        }
    }
}
