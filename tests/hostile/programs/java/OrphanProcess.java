/** A process that outlives the machine that started it. */
public class OrphanProcess {
    public static void main(String[] args) throws Exception {
        new ProcessBuilder("/bin/bash", "-c", "trap '' TERM HUP; sleep 6; echo LEAK; sleep 14").inheritIO().start();
        System.out.println("parent is done");
    }
}
