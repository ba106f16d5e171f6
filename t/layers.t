# The arrows of docs/ARCHITECTURE.md: tools -> store <- ngx_retention_module.
#
# Each rule is run on the tree, and on a planted violation that it must find.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Find qw(find);
use FindBin;
use Test::More;

my $root = "$FindBin::Bin/..";
my $build = $ENV{RETENTION_BUILD} || "$root/build";

# Whose headers a folder's files may include.

my %may_include = (
    'ngx_retention_module' => [qw(ngx_retention_module store/include)],
    'store/include'        => [qw(store/include)],
    'store/codec'          => [qw(store/codec store/include)],
    'store/classify'       => [qw(store/classify store/codec store/include)],
    'store/db'             => [qw(store/db store/codec store/classify
                                  store/include)],
    'tools/analysis'       => [qw(tools/analysis store/include)],
    'tools/input'          => [qw(tools/input tools/analysis tools/output
                                  store/include)],
    'tools/output'         => [qw(tools/output tools/analysis store/include)],
    'tools/cmd'            => [qw(tools/cmd tools/analysis tools/input
                                  tools/output store/include)],
);

# Where a foreign header may be included.

my @only_in = (
    [ qr/^lmdb\.h$/,      qr{^store/db/} ],
    [ qr/^ngx_/,          qr{^ngx_retention_module/} ],
    [ qr/^maxminddb\.h$/, qr{^store/classify/} ],
);

my %is_standard = map { ("$_.h" => 1) } qw(assert complex ctype errno fenv
    float inttypes iso646 limits locale math setjmp signal stdalign stdarg
    stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath
    threads time uchar wchar wctype);

# The same folders as in the compiler's -I options.

my @search = qw(store/include store tools);

# What a pure object may not call: files, clocks, randomness, processes.

my $impure = qr/^_*(?:
    (?:f|fd|fre)?open(?:at|64|dir)? | f?p?read(?:v|64|_unlocked)?
    | f?p?write(?:v|64)? | f?getc | fgets | getline | getdelim | stat(?:x|64)?
    | [fl]stat(?:64)? | mmap(?:64)? | ioctl | socket | connect | [fv]?printf
    | puts | putchar | perror
    | time | gettimeofday | clock | clock_gettime | timespec_get
    | localtime(?:_r)? | mktime | tzset
    | s?rand(?:om|_r|om_r)? | [demln]rand48 | getrandom | getentropy
    | arc4random\w* | randombytes\w* | getenv | secure_getenv | setenv
    | fork | exec\w+ | system | pthread_create | exit | nanosleep | u?sleep
    )(?:_chk|_2)?$/x;

# The time zones of the system are files, which the C library reads.

my %may_call = (
    'tools/analysis/zone' =>
        qr/^_*(?:fopen|fread|stat|setenv|tzset|localtime_r)(?:64)?$/,
);

my %is_exported = map { ($_ => 1) } qw(ngx_modules ngx_module_names
    ngx_module_order ngx_http_retention_module);


# Path to text of every C file below a folder.

sub tree {
    my ($dir) = @_;

    my %files;

    find({ no_chdir => 1, wanted => sub {
        return if !/\.[ch]$/;

        open my $file, '<', $_ or die "$_: $!\n";
        local $/;
        $files{substr $_, length($dir) + 1} = <$file>;
    } }, grep { -d } map { "$dir/$_" } qw(ngx_retention_module store tools));

    return \%files;
}

sub includes {
    my ($text) = @_;

    return $text =~ /^\s*#\s*include\s*[<"]([^>"]+)[>"]/mg;
}

# The path of an included file of the tree; undef for a foreign one.

sub resolve {
    my ($files, $from, $name) = @_;

    for my $dir (dirname($from), @search) {
        my $path = "$dir/$name";

        1 while $path =~ s{[^/]+/\.\./}{};

        return $path if exists $files->{$path};
    }

    return undef;
}


# The rules.  Each gets the files and returns a line for every violation.

sub check_layers {
    my ($files) = @_;

    my @found;

    for my $path (sort keys %$files) {
        my $may = $may_include{dirname $path};

        if (!$may) {
            push @found, "$path: not in a folder of the table";
            next;
        }

        for my $name (includes($files->{$path})) {
            my $target = resolve($files, $path, $name) // next;
            my $dir = dirname $target;

            push @found, "$path includes $target"
                if !grep { $_ eq $dir } @$may;
        }
    }

    return @found;
}

sub check_foreign {
    my ($files) = @_;

    my @found;

    for my $path (sort keys %$files) {
        for my $name (includes($files->{$path})) {
            push @found, "$path includes $name"
                if grep { $name =~ $_->[0] && $path !~ $_->[1] } @only_in;
        }
    }

    return @found;
}

sub check_public {
    my ($files) = @_;

    my @found;

    for my $path (grep { m{^store/include/} } sort keys %$files) {
        push @found, "$path: not rtn*.h" if $path !~ m{/rtn\w*\.h$};

        for my $name (includes($files->{$path})) {
            push @found, "$path includes $name"
                if $name !~ /^rtn\w*\.h$/ && !$is_standard{$name};
        }
    }

    return @found;
}

# Numbers in, numbers out.  The headers of campaigns and customers are allowed
# for their structures; that none of their functions is called, nm tells below.

sub check_analysis {
    my ($files) = @_;

    my @found;

    for my $path (grep { m{^tools/analysis/} } sort keys %$files) {
        push @found, map { "$path includes $_" }
            grep { /^rtn_(?:store|log)\.h$/ } includes($files->{$path});
    }

    return @found;
}

# Of an object's path without suffix, and `nm -u` of it.

sub check_pure {
    my ($path, $nm) = @_;

    my $allowed = $may_call{$path};
    my @names = $nm =~ /^\s*[Uw]\s+(\w+)/mg;

    return map { "$path calls $_" }
        grep { !$allowed || !/$allowed/ }
        grep { /$impure/ } @names;
}

# The same of what the store's database defines, by `nm` of its objects.

sub check_database {
    my ($path, $nm, $database) = @_;

    my %is_database = map { ($_ => 1) } $database =~ /^\w+\s+[TDBR]\s+(\w+)/mg;

    return map { "$path calls $_" } grep { $is_database{$_} }
        $nm =~ /^\s*U\s+(\w+)/mg;
}

sub check_exports {
    my ($nm) = @_;

    return map { "exports $_" } grep { !$is_exported{$_} }
        $nm =~ /^\w+\s+[A-TV-Z]\s+(\w+)/mg;
}

sub is_clean {
    my ($name, @found) = @_;

    is(join("\n", @found), '', $name);
}

sub is_found {
    my ($name, $expected, @found) = @_;

    is_deeply(\@found, [$expected], "planted: $name");
}


# The tree.

my $files = tree($root);

is_clean('arrows between the folders', check_layers($files));
is_clean('lmdb, nginx, maxminddb each in one folder', check_foreign($files));
is_clean('public headers stand alone', check_public($files));
is_clean('the analysis holds no store', check_analysis($files));

my $database = join '', map { `nm --defined-only '$_'` }
    glob "$build/obj/store/db/*.o";

like($database, qr/ T rtn_store_open$/m, 'the database is built');

for my $dir (qw(store/codec store/classify tools/analysis)) {
    my @objects = glob "$build/obj/$dir/*.o";
    my (@found, @calls);

    for my $object (@objects) {
        my ($path) = $object =~ m{/obj/(.*)\.o$};

        my $nm = `nm -u '$object'`;

        push @found, check_pure($path, $nm);
        push @calls, check_database($path, $nm, $database);
    }

    ok(scalar @objects, "$dir is built");
    is_clean("$dir has no I/O, clock or chance", @found);
    is_clean("$dir does not touch the database", @calls);
}

my $exports = `nm -D --defined-only '$build/ngx_http_retention_module.so'`;

like($exports, qr/ ngx_http_retention_module$/m, 'the module is exported');
is_clean('the module exports nothing else', check_exports($exports));


# The planted violations: path, line, the rule, and what it says.

my @planted = (
    [ 'the store includes a tool', \&check_layers,
      { 'store/db/x.c' => '#include "cmd/cmd.h"', 'tools/cmd/cmd.h' => '' },
      'store/db/x.c includes tools/cmd/cmd.h' ],
    [ 'the store includes the module', \&check_layers,
      { 'store/db/x.c' => '#include "../../ngx_retention_module/m.h"',
        'ngx_retention_module/m.h' => '' },
      'store/db/x.c includes ngx_retention_module/m.h' ],
    [ 'the module looks inside the store', \&check_layers,
      { 'ngx_retention_module/m.c' => '#include "db/db.h"',
        'store/db/db.h' => '' },
      'ngx_retention_module/m.c includes store/db/db.h' ],
    [ 'a tool looks inside the store', \&check_layers,
      { 'tools/cmd/x.c' => '# include <codec/wire.h>',
        'store/codec/wire.h' => '' },
      'tools/cmd/x.c includes store/codec/wire.h' ],
    [ 'a folder that nobody knows', \&check_layers,
      { 'store/misc/x.c' => '' },
      'store/misc/x.c: not in a folder of the table' ],
    [ 'lmdb.h in a tool', \&check_foreign,
      { 'tools/cmd/x.c' => '#include <lmdb.h>' },
      'tools/cmd/x.c includes lmdb.h' ],
    [ 'nginx in the store', \&check_foreign,
      { 'store/codec/x.c' => "int a;\n  #include <ngx_core.h>\n" },
      'store/codec/x.c includes ngx_core.h' ],
    [ 'maxminddb.h in the module', \&check_foreign,
      { 'ngx_retention_module/x.c' => '#include <maxminddb.h>' },
      'ngx_retention_module/x.c includes maxminddb.h' ],
    [ 'a library in a public header', \&check_public,
      { 'store/include/rtn_x.h' => '#include <sodium.h>' },
      'store/include/rtn_x.h includes sodium.h' ],
    [ 'a private header among the public', \&check_public,
      { 'store/include/wire.h' => '' },
      'store/include/wire.h: not rtn*.h' ],
    [ 'the analysis reads the log', \&check_analysis,
      { 'tools/analysis/x.c' => '#include "rtn_log.h"' },
      'tools/analysis/x.c includes rtn_log.h' ],
);

for my $case (@planted) {
    my ($name, $rule, $tree, $expected) = @$case;

    is_found($name, $expected, $rule->($tree));
}

for my $symbol (qw(fopen open64 __open_2 __read_chk write time clock_gettime
                   gettimeofday rand getrandom randombytes_buf getenv))
{
    is_found("the codec calls $symbol", "store/codec/x calls $symbol",
             check_pure('store/codec/x', "   U memcpy\n   U $symbol\n"));
}

is_found('a zone asks the clock', 'tools/analysis/zone calls time',
         check_pure('tools/analysis/zone', "   U fopen\n   U time\n"));
is_found('the analysis opens a store', 'tools/analysis/x calls rtn_store_open',
         check_database('tools/analysis/x', "   U rtn_store_open\n",
                        "0000000000000020 T rtn_store_open\n"));
is_found('the store leaks out', 'exports rtn_token_seal',
         check_exports("0000000000004020 D ngx_modules\n"
                       . "0000000000001020 T rtn_token_seal\n"));

done_testing;
