/*
 * A Java machine that is started before it is known which program it will run.
 *
 * Loaded in front of the `java` launcher (LD_PRELOAD), it takes the place of the launcher's own JLI_Launch: makes the
 * machine of the given options, then reads from standard input which command it is to be, and goes on exactly as the
 * launcher does. The command is the plain one: the arguments it was started with, then `@file` with the name of the
 * class or that name itself, then the program's arguments.
 *
 * Standard input: u32 little endian size, so many bytes of NUL-ended arguments; what follows is the program's input.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <jni.h>
#include <limits.h>
#include <linux/prctl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MAX_ARGUMENTS 8192
#define MAX_TASK_BYTES (64u << 20)
/* As the launcher's LM_CLASS. */
#define MODE_CLASS 1
#define EXIT_BROKEN 250

static struct {
    int argc;
    char **argv;
} own;

struct command {
    int count;
    char *words[MAX_ARGUMENTS];
    char *bytes;
    size_t size;
};

static void give_up(const char *why) __attribute__((noreturn));
static void give_up(const char *why)
{
    fprintf(stderr, "ahead: %s\n", why);
    _exit(EXIT_BROKEN);
}

static void read_all(void *into, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t got = read(STDIN_FILENO, (char *)into + at, size - at);
        if (got <= 0) _exit(EXIT_BROKEN);
        at += (size_t)got;
    }
}

static struct command *read_task(void)
{
    unsigned char head[4];
    read_all(head, sizeof head);
    struct command *command = calloc(1, sizeof *command);
    command->size = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if (command->size == 0 || command->size > MAX_TASK_BYTES) give_up("no task");
    command->bytes = mmap(NULL, command->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (command->bytes == MAP_FAILED) give_up("no memory for the task");
    read_all(command->bytes, command->size);
    if (command->bytes[command->size - 1] != 0) give_up("the task does not end");
    for (char *at = command->bytes; at < command->bytes + command->size; at += strlen(at) + 1) {
        if (command->count == MAX_ARGUMENTS) give_up("too many arguments");
        command->words[command->count++] = at;
    }
    return command;
}

/* What /proc/self/cmdline and environ show from now on. Where the kernel cannot do it, they stay as they were. */
static void show_as_started(const struct command *command)
{
    char line[4096];
    struct prctl_mm_map map = {.exe_fd = (uint32_t)-1};
    FILE *stat = fopen("/proc/self/stat", "re");
    if (!stat) return;
    char *found = fgets(line, sizeof line, stat);
    fclose(stat);
    char *at = found ? strrchr(line, ')') : NULL;
    if (!at) return;
    /* Fields of proc(5), the third of which follows the name in parentheses. */
    unsigned long long fields[53] = {0};
    at += 4;
    for (int field = 4; field <= 52 && at; field++) {
        fields[field] = strtoull(at, &at, 10);
        if (*at == ' ') at++;
    }
    map.start_code = fields[26];
    map.end_code = fields[27];
    map.start_stack = fields[28];
    map.start_data = fields[45];
    map.end_data = fields[46];
    map.start_brk = fields[47];
    map.brk = (uint64_t)(uintptr_t)sbrk(0);
    size_t size = 0;
    for (char **variable = environ; *variable; variable++) size += strlen(*variable) + 1;
    char *environment = mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (environment == MAP_FAILED) return;
    char *end = environment;
    for (char **variable = environ; *variable; variable++) end = stpcpy(end, *variable) + 1;
    map.arg_start = (uint64_t)(uintptr_t)command->bytes;
    map.arg_end = map.arg_start + command->size;
    map.env_start = (uint64_t)(uintptr_t)environment;
    map.env_end = (uint64_t)(uintptr_t)end;
    prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0);
}

/* The class of the command: given itself, or in the file that is given with an @ in front. */
static const char *main_class(const char *word)
{
    if (word[0] != '@') return word;
    static char name[65536];
    FILE *file = fopen(word + 1, "re");
    if (!file) give_up("no file with the name of the class");
    size_t size = fread(name, 1, sizeof name - 1, file);
    fclose(file);
    while (size > 0 && (name[size - 1] == '\n' || name[size - 1] == '"')) size--;
    name[size] = 0;
    return name[0] == '"' ? name + 1 : name;
}

struct launcher {
    JNIEnv *env;
    jclass helper;
    jmethodID check_and_load, make_string;
};

static jstring platform_string(const struct launcher *launcher, const char *text)
{
    JNIEnv *env = launcher->env;
    jsize size = (jsize)strlen(text);
    jbyteArray bytes = (*env)->NewByteArray(env, size);
    if (!bytes) return NULL;
    (*env)->SetByteArrayRegion(env, bytes, 0, size, (const jbyte *)text);
    jstring string = (*env)->CallStaticObjectMethod(env, launcher->helper, launcher->make_string, JNI_TRUE, bytes);
    (*env)->DeleteLocalRef(env, bytes);
    return string;
}

static jboolean flag(const struct launcher *launcher, const char *name)
{
    JNIEnv *env = launcher->env;
    jfieldID field = (*env)->GetStaticFieldID(env, launcher->helper, name, "Z");
    return field ? (*env)->GetStaticBooleanField(env, launcher->helper, field) : JNI_FALSE;
}

/* As the property that the launcher sets: the class and its arguments in one line. */
static void set_command_property(const struct launcher *launcher, const char *class, char **arguments, int count)
{
    JNIEnv *env = launcher->env;
    size_t size = strlen(class) + 1;
    for (int i = 0; i < count; i++) size += strlen(arguments[i]) + 1;
    char *line = malloc(size);
    char *end = stpcpy(line, class);
    for (int i = 0; i < count; i++) {
        *end++ = ' ';
        end = stpcpy(end, arguments[i]);
    }
    jclass system = (*env)->FindClass(env, "java/lang/System");
    jmethodID set = (*env)->GetStaticMethodID(env, system, "setProperty",
                                              "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/String;");
    (*env)->CallStaticObjectMethod(env, system, set, platform_string(launcher, "sun.java.command"),
                                   platform_string(launcher, line));
    free(line);
}

/* Called from here and not from Java, so that no frame of ours is in the program's stack traces. */
static void call_main(const struct launcher *launcher, jclass class, jobjectArray arguments)
{
    JNIEnv *env = launcher->env;
    jboolean is_static = flag(launcher, "isStaticMain"), takes_none = flag(launcher, "noArgMain");
    const char *signature = takes_none ? "()V" : "([Ljava/lang/String;)V";
    if (is_static) {
        jmethodID method = (*env)->GetStaticMethodID(env, class, "main", signature);
        if (method && takes_none) (*env)->CallStaticVoidMethod(env, class, method);
        else if (method) (*env)->CallStaticVoidMethod(env, class, method, arguments);
        return;
    }
    jmethodID constructor = (*env)->GetMethodID(env, class, "<init>", "()V");
    jobject object = constructor ? (*env)->NewObject(env, class, constructor) : NULL;
    jmethodID method = object ? (*env)->GetMethodID(env, class, "main", signature) : NULL;
    if (method && takes_none) (*env)->CallVoidMethod(env, object, method);
    else if (method) (*env)->CallVoidMethod(env, object, method, arguments);
}

static int run_task(const struct launcher *launcher)
{
    JNIEnv *env = launcher->env;
    struct command *command = read_task();
    for (int i = 0; i < own.argc; i++)
        if (i >= command->count || strcmp(command->words[i], own.argv[i]) != 0) give_up("a task for another start");
    if (command->count == own.argc) give_up("a task without a class");
    const char *name = main_class(command->words[own.argc]);
    char **words = command->words + own.argc + 1;
    int count = command->count - own.argc - 1;
    show_as_started(command);
    set_command_property(launcher, name, words, count);
    jclass class = (*env)->CallStaticObjectMethod(env, launcher->helper, launcher->check_and_load, JNI_TRUE, MODE_CLASS,
                                                  platform_string(launcher, name));
    if ((*env)->ExceptionCheck(env) || !class) return 1;
    jobjectArray arguments = (*env)->NewObjectArray(env, count, (*env)->FindClass(env, "java/lang/String"), NULL);
    for (int i = 0; i < count; i++) {
        jstring argument = platform_string(launcher, words[i]);
        (*env)->SetObjectArrayElement(env, arguments, i, argument);
        (*env)->DeleteLocalRef(env, argument);
    }
    call_main(launcher, class, arguments);
    return (*env)->ExceptionCheck(env) ? 1 : 0;
}

static void *find(const char *name)
{
    static void *library;
    if (!library) {
        char path[PATH_MAX];
        ssize_t size = readlink("/proc/self/exe", path, sizeof path - 32);
        if (size <= 0) give_up("no path of its own");
        path[size] = 0;
        for (int up = 0; up < 2; up++) *strrchr(path, '/') = 0;
        library = dlopen(strcat(path, "/lib/server/libjvm.so"), RTLD_NOW | RTLD_GLOBAL);
        if (!library) give_up(dlerror());
    }
    void *symbol = dlsym(library, name);
    if (!symbol) give_up(dlerror());
    return symbol;
}

/* The launcher's options as the machine takes them. */
static JavaVMInitArgs machine_arguments(void)
{
    JavaVMOption *options = calloc((size_t)own.argc + 1, sizeof *options);
    int count = 0;
    options[count++].optionString = "-Dsun.java.launcher=SUN_STANDARD";
    for (int i = 1; i < own.argc; i++) {
        if (strcmp(own.argv[i], "-cp") != 0) {
            options[count++].optionString = own.argv[i];
        } else if (++i < own.argc) {
            char *text = malloc(strlen(own.argv[i]) + 32);
            sprintf(text, "-Djava.class.path=%s", own.argv[i]);
            options[count++].optionString = text;
        }
    }
    return (JavaVMInitArgs){.version = JNI_VERSION_1_2, .nOptions = count, .options = options};
}

static void *java_main(void *unused)
{
    (void)unused;
    JavaVMInitArgs arguments = machine_arguments();
    JavaVM *machine;
    struct launcher launcher;
    jint (*create)(JavaVM **, void **, void *) = (jint (*)(JavaVM **, void **, void *))find("JNI_CreateJavaVM");
    if (create(&machine, (void **)&launcher.env, &arguments) != JNI_OK) give_up("no machine");
    JNIEnv *env = launcher.env;
    launcher.helper = (*env)->FindClass(env, "sun/launcher/LauncherHelper");
    if (!launcher.helper) give_up("no launcher class");
    launcher.check_and_load =
        (*env)->GetStaticMethodID(env, launcher.helper, "checkAndLoadMain", "(ZILjava/lang/String;)Ljava/lang/Class;");
    launcher.make_string =
        (*env)->GetStaticMethodID(env, launcher.helper, "makePlatformString", "(Z[B)Ljava/lang/String;");
    if (!launcher.check_and_load || !launcher.make_string) give_up("another launcher class");
    int code = run_task(&launcher);
    /* Detaching tells the uncaught exception; destroying waits for the program's other threads. */
    if ((*machine)->DetachCurrentThread(machine) != JNI_OK) code = 1;
    (*machine)->DestroyJavaVM(machine);
    return (void *)(intptr_t)code;
}

struct default_arguments {
    jint version;
    char **properties;
    jint check_source;
    jint native_stack_bytes, java_stack_bytes;
    char rest[256];
};

/* Called by the `java` program in place of its library's function. */
__attribute__((visibility("default"))) int JLI_Launch(int argc, char **argv, ...);
int JLI_Launch(int argc, char **argv, ...)
{
    unsetenv("LD_PRELOAD");
    own.argc = argc;
    own.argv = argv;
    struct default_arguments defaults = {.version = 0x00010001};
    jint (*get_defaults)(void *) = (jint (*)(void *))find("JNI_GetDefaultJavaVMInitArgs");
    get_defaults(&defaults);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    /* As the launcher: programs overflow the stack at the same depth. */
    if (defaults.java_stack_bytes > 0) pthread_attr_setstacksize(&attributes, (size_t)defaults.java_stack_bytes);
    pthread_attr_setguardsize(&attributes, 0);
    pthread_t thread;
    void *code;
    if (pthread_create(&thread, &attributes, java_main, NULL) != 0) give_up("no thread");
    pthread_join(thread, &code);
    return (int)(intptr_t)code;
}
