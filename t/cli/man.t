# The manual says what there is: each command and option of the help, each
# directive and metric of the module, and nothing else; its examples work.

use strict;
use warnings;

use IO::Compress::Gzip qw(gzip);
use Test::More;
use Text::ParseWords qw(shellwords);

use Retention::Csv qw(csv_rows);
use Retention::Fixture;
use Retention::Test;

my $t = Retention::Test->new;
my $docs = "$Retention::Test::ROOT/docs";
my $page = $t->read_file("$docs/retentionctl.1");
my $nginx = $t->read_file("$docs/nginx.md");


# "\-" is how the page writes a hyphen that is meant to be copied.

$page =~ s/\\-/-/g;

my ($commands) = $page =~ /^\.Sh COMMANDS\n(.*?)^\.Sh /ms;
my %section = $commands =~ /^\.Ss ([^\n]+)\n(.*?)(?=^\.Ss |\z)/gms;

# A description is at least two spaces behind the name, or one where the name
# fills its column.

sub help_commands {
    return $t->ctl_ok('--help') =~ /^  ([a-z-]+(?: [a-z-]+)?) {2,}\S/mg;
}

# Long name => letter, or '' where there is none.

sub help_options {
    my ($text) = @_;

    my ($list) = $text =~ /^options:\n(.*?)^example:/ms;
    my %letter;

    $letter{$2} = $1 // '' while $list =~ /^ {2,}(?:-(\w), )?--([\w-]+)/mg;

    delete $letter{help};

    return \%letter;
}

# The options that macros of a section name; Fl marks nothing else.

sub page_options {
    my ($text) = @_;

    my %letter;

    for my $line ($text =~ /^(\..*\bFl .*)$/mg) {
        while ($line =~ /\bFl (?:(\w) , )?-([\w-]+)/g) {
            $letter{$2} = $1 if defined $1 || !defined $letter{$2};
            $letter{$2} //= '';
        }
    }

    return \%letter;
}

my @commands = help_commands();

cmp_ok(scalar @commands, '>', 25, 'the help has commands');

for my $command (@commands) {
    my $text = $section{$command};

    if (!ok(defined $text, "$command: a section")) {
        next;
    }

    is_deeply(page_options($text),
              help_options($t->ctl_ok('help', split / /, $command)),
              "$command: its options and letters");
    like($text, qr/^\.Dl retentionctl \Q$command\E(?: |$)/m,
         "$command: an example");
}

is_deeply([sort keys %section], [sort @commands],
          'no section without a command');


# The page's own campaign, and small files of the names that examples use.

my ($campaign) = $page =~ /^\.Bd -literal\n(id: .*?)^\.Ed/ms;

$t->write_file('winback.yaml', $campaign);
$t->write_file('elsewhere.yaml', "id: elsewhere\nstarts: 2026-03-01\n"
               . "window: 2w\nrecipients: imported\n");
$t->write_file('recipients.csv', "campaign,customer_id,arm,sent_at\n"
               . "elsewhere,C1,treated,2026-03-01\n"
               . "elsewhere,C2,holdout,\n");
$t->write_file('events.jsonl', '{"kind": "visit", "customer_id": "C1", '
               . '"occurred_at": "2026-03-02T10:00:00Z"}' . "\n");
$t->write_file('unsubscribes.csv', "email\nc3\@example.com\n");
$t->write_file('listmonk.csv', "email,attributes\n"
               . "c1\@example.com,\"{\"\"shoe\"\": 43}\"\n");
$t->write_file('customers.csv', join '', "customer_id,email,consent\n",
               map { "C$_,c$_\@example.com,granted\n" } 1 .. 60);

# Customers buy on one to four days, the last of them 95 to 390 days ago.

my @orders = map { my $i = $_; map {
                 join ',', "o$i-$_", "C$i",
                     Retention::Fixture::day(-90 - 5 * $i - 40 * $_
                                             - $i * $_ % 17),
                     10 + $i . ".00";
             } 0 .. $i % 4 } 1 .. 60;
my $orders = "order_id,customer_id,ordered_at,amount\n"
    . join('', map { "$_\n" } @orders);

gzip(\$orders, \my $zipped);
$t->write_file('orders.csv.gz', $zipped);
$t->write_file('invoices.csv', $orders =~ s/^order_id/InvoiceNo/r);

# Times of the examples are the page's; the orders lie before today.  A
# customer of the draw and one of his tokens stand for those of the page.

my %stand_in = ('2026-11-24' => Retention::Fixture::day(0),
                '2026-11-25' => Retention::Fixture::day(1));

sub examples {
    return $commands =~ /^\.Dl retentionctl (.+)$/mg;
}

sub run_example {
    my ($line) = @_;

    $line =~ s/\b$_\b/$stand_in{$_}/g for sort keys %stand_in;

    my @words = shellwords($line);

    push @words, '--file', $t->path('api-keys') if $words[0] eq 'api-key';

    return $t->ctl({ cwd => $t->dir }, @words);
}

# What a later example needs of an earlier one.

sub learn {
    my ($line, $out) = @_;

    if ($line =~ /^campaign merge .*-o winback\.csv/) {
        my ($row) = csv_rows($t->read_file('winback.csv'));

        $stand_in{C1042} = $row->{customer_id};
        $stand_in{'4F7K-9QX2-M3TD-8'} = $row->{coupon};
    }

    if ($line =~ /^link sign .*--link/) {
        ($stand_in{TOKEN}) = $out =~ m{/([\w-]+)$};
    }
}

$campaign =~ s/^starts: .*/starts: $stand_in{'2026-11-25'}/m;
$t->write_file('winback.yaml', $campaign);

for my $line (examples()) {
    my ($status, $out, $err) = run_example($line);

    is($status, 0, "example: $line") or diag($err);
    learn($line, $out);
}


# nginx.md: a card for each directive, a row for each metric.

my $module = $t->read_file("$Retention::Test::ROOT/ngx_retention_module/"
                           . 'ngx_http_retention_module.c');
my @directives = $module =~ /ngx_string\("(retention_\w+)"\)/g;

cmp_ok(scalar @directives, '>', 10, 'the module has directives');

is_deeply([sort $nginx =~ /^### (retention_\w+)$/mg], [sort @directives],
          'nginx.md: a card for each directive, and no other');

for my $directive (@directives) {
    my ($card) = $nginx =~ /^### $directive\n(.*?)(?=^##)/ms;

    $card //= '';
    like($card, qr/^\| $_ \|/m, "nginx.md: $directive: $_")
        for qw(usage contexts default example);
}

# The examples work, all in one configuration.

my $server = Retention::Test->new;
my %level = (http => '', location => '');

for my $example ($nginx =~ /^\| example \| `(.+)` \|$/mg) {
    $level{$example =~ /^location / ? 'location' : 'http'} .= "$example\n";
}

$level{http} =~ s{/etc/ngx-retention/}{%%DIR%%/};
$server->write_file('api-keys', '');

my ($status, $log) = $server->nginx_test(
    $server->conf($level{location}, store => '', http => $level{http}));

is($status, 0, 'nginx.md: the examples work') or diag($log);

$server->init('--currency', 'EUR');
$server->nginx_start($server->conf(
    'location = /metrics { retention_status prometheus; }'));

my $metrics = $server->http('GET', '/metrics')->{body};
my @metrics = $metrics =~ /^# TYPE (\w+) \w+$/mg;

cmp_ok(scalar @metrics, '>', 10, 'nginx shows metrics');

is_deeply([sort $nginx =~ /^\| `(retention_\w+)` \|/mg], [sort @metrics],
          'nginx.md: a row for each metric, and no other');

while ($metrics =~ /^(\w+?)(?:_bucket)?\{([^}]*)\}/mg) {
    my ($name, $labels) = ($1, $2);
    my ($row) = $nginx =~ /^\| `$name` \|(.*)$/m;

    for my $label (grep { $_ ne 'le' } $labels =~ /(\w+)=/g) {
        next if defined $row && $row =~ /`$label`/;
        fail("nginx.md: $name: the label $label");
    }

    for my $value ($labels =~ /(?:reason|result|kind|class)="([^"]+)"/g) {
        next if $nginx =~ /`$value`/;
        fail("nginx.md: $name: the value $value");
    }
}


# Limits by name and number.

my $headers = join '', map { $t->read_file($_) }
    glob "$Retention::Test::ROOT/store/include/*.h";

while ($nginx =~ /^\| [^|]+ \| ([^|]+) \| `(RTN_\w+)` \|$/mg) {
    my ($number, $name) = ($1, $2);
    my ($value) = $headers =~ /^#define $name +(\S+)/m;

    ok(defined $value, "nginx.md: $name is a limit") or next;
    is($number, $value, "nginx.md: $name has its number")
        if "$number$value" =~ /^\d+$/;
}

done_testing;
