public class Main {
    static int[][] multiply(int[][] a, int[][] b) {
        int[][] result = new int[a.length][b[0].length];
        for (int i = 0; i < a.length; i++)
            for (int j = 0; j < b[0].length; j++)
                for (int k = 0; k < b.length; k++) result[i][j] += a[i][k] * b[k][j];
        return result;
    }

    public static void main(String[] args) {
        int[][] m = {{1, 2}, {3, 4}};
        for (int[] row : multiply(m, m)) System.out.println(java.util.Arrays.toString(row));
    }
}
