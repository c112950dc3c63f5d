/* A program file of a terabyte. */
static char blob[1L << 40] = {1};
int main(int count, char **args) { return blob[count] + args[0][0] * 0; }
