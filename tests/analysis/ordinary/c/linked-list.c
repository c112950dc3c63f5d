#include <stdio.h>
#include <stdlib.h>

struct node {
    int value;
    struct node *next;
};

static struct node *push(struct node *head, int value) {
    struct node *node = malloc(sizeof *node);
    if (!node) abort();
    node->value = value;
    node->next = head;
    return node;
}

static struct node *remove_value(struct node *head, int value) {
    for (struct node **link = &head; *link; link = &(*link)->next) {
        if ((*link)->value == value) {
            struct node *gone = *link;
            *link = gone->next;
            free(gone);
            break;
        }
    }
    return head;
}

int main(void) {
    struct node *list = NULL;
    for (int i = 0; i < 3; i++) list = push(list, i);
    list = remove_value(list, 1);
    for (struct node *n = list; n; n = n->next) printf("%d\n", n->value);
    while (list) {
        struct node *next = list->next;
        free(list);
        list = next;
    }
    return 0;
}
