#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# A message centre for tests, by Net::SMPP (Debian: libnet-smpp-perl): binds whoever comes, and prints each short message as one line:
# system id, password, destination, esm_class, data_coding, octets in hexadecimal digits. The first line is its port.
# --throttle N: the first N messages are answered with ESME_RTHROTTLED.
use strict;
use warnings;
use Net::SMPP;
use IO::Socket::INET;

my $throttled = @ARGV == 2 && $ARGV[0] eq '--throttle' ? $ARGV[1] : 0;
$| = 1;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => 0, smpp_version => 0x34, async => 1) or die "cannot listen: $!";
print $listener->sockport, "\n";
my %who;
while (1) {
  my $peer = $listener->accept or next;   # which gives up after some seconds
  while (my $pdu = $peer->read_pdu) {
    if ($pdu->{cmd} == 0x02) {
      @who{qw(id password)} = ($pdu->{system_id}, $pdu->{password});
      $peer->bind_transmitter_resp(system_id => 'test', seq => $pdu->{seq});
    } elsif ($pdu->{cmd} == 0x04) {
      my $status = $throttled-- > 0 ? 0x58 : 0;
      $peer->submit_sm_resp(message_id => '1', seq => $pdu->{seq}, status => $status);
      print join(' ', @who{qw(id password)}, $pdu->{destination_addr}, $pdu->{esm_class}, $pdu->{data_coding}, unpack('H*', $pdu->{short_message}), $status), "\n";
    } elsif ($pdu->{cmd} == 0x15) {
      $peer->enquire_link_resp(seq => $pdu->{seq});
    } elsif ($pdu->{cmd} == 0x06) {
      $peer->unbind_resp(seq => $pdu->{seq});
      print "unbound\n";
      last;
    }
  }
}
