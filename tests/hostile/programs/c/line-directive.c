/* Compilers quote the source line of an error from the file that #line names. */
int main(void) {
#line 1 "@@CANARY_FILE@@"
  undeclared_name_one();
#line 1 "/etc/shadow"
  int two = undeclared_name_two;
  return 0;
}
