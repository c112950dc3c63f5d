#include <assert.h>
#include <stdio.h>

#define MAX 16
#define ARRAY_SIZE(a) (sizeof(a) / sizeof *(a))

static int items[MAX];
static int top;

static void push(int value) {
    assert(top < MAX);
    items[top++] = value;
}

static int pop(void) {
    assert(top > 0);
    return items[--top];
}

int main(void) {
    const int numbers[] = {1, 2, 3};
    for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) push(numbers[i]);
    while (top) printf("%d\n", pop());
}
