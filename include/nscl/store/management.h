// SPDX-License-Identifier: Apache-2.0
// What device management keeps beside the tree: managed devices, how they authenticate, what is to be done on them, what they
// reported, and the files they fetch and send (docs/management.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/time.h>
#include <nscl/store/fleet.h>

namespace nscl::store {

enum class ManagementProtocol : unsigned char { bbf_tr069, oma_dm };

/// quarantined: its sessions are answered, and nothing is sent to it. adopted: it is managed. rejected: its sessions are refused.
enum class ManagedState : unsigned char { quarantined, adopted, rejected };

/// A device as its management protocol knows it.
struct ManagedDevice {
  std::string id;              ///< CWMP: OUI-ProductClass-Serial; OMA-DM: DevId. Unique over both protocols
  ManagementProtocol protocol = ManagementProtocol::bbf_tr069;
  ManagedState state = ManagedState::quarantined;
  std::string managed;         ///< what it is in the tree: "scls/x" or "scls/x/attachedDevices/y"; empty: nothing. Unique
  std::string gateway;         ///< id of the device in whose sessions, or behind which, it is reached; empty: none
  Time first_contact{}, last_contact{};   ///< the epoch: never
  Time last_boot{}, last_bootstrap{};     ///< likewise
  Time wake_due = never;       ///< when somebody is to call it next; never: nobody; the epoch: at once, whatever came before
  unsigned wake_attempts = 0;  ///< calls in a row that brought no session
  std::string facts;           ///< JSON: what its engine knows of it
};

/// login: as who a device authenticates here. connection_request: as who this SCL does there. While the password of either is being changed
/// (rem.md 3.7): next_: the one that the device is to be told; former_: the one before, until the device was seen to use the new one.
enum class CredentialPurpose : unsigned char { login, connection_request, next_login, next_connection_request, former_login, former_connection_request };

struct ManagementCredential {
  CredentialPurpose purpose = CredentialPurpose::login;
  std::string user;            ///< unique among logins
  std::string device;          ///< id of the device; login: empty if several share it, which `oui` bounds
  std::string oui;             ///< only devices of this OUI may use it; empty: any
  std::string secret;          ///< wrapped octets
  Time changed{};
};

/// queued: waits. sent: a session has it. accepted: the device will report. undecided: it may have happened, and has to be
/// verified. The others are ends.
enum class OperationState : unsigned char { queued, sent, accepted, undecided, done, failed, cancelled };
constexpr bool is_over(OperationState state) { return state >= OperationState::done; }

/// The nonces of OMA-DM that the next credentials are made with; octets, empty: none yet.
struct ManagementNonces {
  std::string device;
  std::string ours;            ///< this SCL issued it, for what the device shows here
  std::string theirs;          ///< the device issued it, for what this SCL shows there
};

/// A document that makes a client of OMA-DM know this server, on its way there (rem.md 3.7). At most one for a device, whose wake_due says
/// when it is pushed.
struct ManagementBootstrap {
  std::string device;
  std::string address;         ///< where it is pushed: "udp://1.2.3.4:2948", "tel:+49123"
  std::string push;            ///< wrapped octets: the whole WSP push
  Time created{};              ///< as `changed` of the login in it
};

/// Something to be done on a device.
struct Operation {
  std::uint64_t id = 0;        ///< 0 until stored; ascending, never used again
  std::string device;
  OperationState state = OperationState::queued;
  int priority = 0;            ///< the lowest first, then the lowest id
  Time created{};
  Time due{};                  ///< not before; accepted: since when it is
  Time expires = never;
  Time ended = never;          ///< when it was over; never: it is not
  unsigned attempts = 0;
  std::string key;             ///< CommandKey or ParameterKey, at most 32 characters; empty: none. Unique for a device
  std::string resource;        ///< path of what it is about in the tree
  std::string requester;       ///< canonical entity
  std::uint64_t fleet = 0;     ///< the fleet work that it is a part of; 0: none
  std::string body;            ///< JSON: what is to be done
  std::string outcome;         ///< JSON: how it went, as far as it did
  std::string change;          ///< JSON: what becomes of the tree then
};

/// Something a device told.
struct ManagementEvent {
  std::uint64_t id = 0;        ///< 0 until stored; ascending
  std::string device;
  Time time{};
  std::string code;            ///< "1 BOOT", or a word of this server's: "login.refused"
  std::string key;             ///< CommandKey
  std::string text;
};

/// An image or log that devices fetch or have sent. Its octets are a file of the data directory, named by its digest.
struct ManagedFile {
  std::string name;            ///< unique
  std::string type;            ///< CWMP FileType
  std::string version;
  std::string sha256;          ///< 32 octets
  std::uint64_t size = 0;
  std::string signature;       ///< of the image, as imported; empty: none
  std::string oui, product_class;   ///< of the devices it is meant for; empty: any
  std::string device;          ///< that sent it; empty: it was imported
  Time created{};
};

/// A file that goes to or comes from a device, under a URL of its own.
struct Transfer {
  std::string token;           ///< SHA-256 of that in the URL, as hexadecimal digits: who reads the row cannot use it
  std::uint64_t operation = 0;
  std::string device;
  bool is_upload = false;
  std::string file;            ///< name of the ManagedFile
  std::string user;
  std::string secret;          ///< wrapped octets: the token of the URL, and the password
  std::uint64_t size = 0, moved = 0;   ///< octets: of the file, and those that went over at least once
  Time created{}, expires = never;
};

/// A session with a device, without secrets.
struct ManagementTrace {
  std::uint64_t id = 0;        ///< 0 until stored; ascending
  std::string device;
  Time began{}, ended{};
  bool is_problem = false;     ///< a fault came or was sent, or it did not end as it should
  std::string end;             ///< how it ended: "204", or in words
  std::uint64_t messages = 0;
  std::string body;            ///< compressed JSON: all the rest
};

/// A wish that a device tells of changes of a parameter; several may have the same one.
struct Watch {
  std::string owner;           ///< path of who wishes it in the tree
  std::string leaf;            ///< the parameter: "Device.X.Status"
  std::string device;
  unsigned level = 0;          ///< 1: in its next session; 2: at once
  std::optional<std::string> seen;   ///< SHA-256 of the value that was told last; nothing: none was yet
};

/// What an operator should know of a device as long as it is so.
struct ManagementAlarm {
  std::string device;
  std::string kind;            ///< a word; one row for a device and a kind
  Time since{}, last{};        ///< when it was raised, and when it was so again
  std::uint64_t count = 1;     ///< how often
  std::string text;            ///< of the last time
};

class ManagementReads : public FleetReads {
 public:
  virtual std::optional<ManagedDevice> device(std::string_view id) = 0;
  /// The device that is this SCL or attachedDevice.
  virtual std::optional<ManagedDevice> device_of(std::string_view managed) = 0;
  /// Devices after `after` in the order of their ids; behind `gateway` only, unless that is empty.
  virtual std::vector<ManagedDevice> devices(std::string_view after, std::size_t limit, std::string_view gateway = {}) = 0;
  /// Devices whose wake_due is at or before `now`, soonest first.
  virtual std::vector<ManagedDevice> devices_to_wake(Time now, std::size_t limit) = 0;
  /// When the next one is after `now`; never if none is.
  virtual Time next_wake(Time now) = 0;

  virtual std::optional<ManagementCredential> login(std::string_view user) = 0;
  virtual std::optional<ManagementCredential> credential(std::string_view device, CredentialPurpose purpose) = 0;
  /// The newest of each purpose of which the device has one, in the order of purposes.
  virtual std::vector<ManagementCredential> credentials(std::string_view device) = 0;
  /// Empty ones if the device has none.
  virtual ManagementNonces nonces(std::string_view device) = 0;
  virtual std::optional<ManagementBootstrap> bootstrap(std::string_view device) = 0;

  virtual std::optional<Operation> operation(std::uint64_t id) = 0;
  virtual std::optional<Operation> operation_by_key(std::string_view device, std::string_view key) = 0;
  /// Those that are not over, in the order in which they are to be done.
  virtual std::vector<Operation> pending(std::string_view device, std::size_t limit) = 0;
  virtual std::uint64_t pending_count(std::string_view device) = 0;
  /// Those about this resource that are not over.
  virtual std::vector<Operation> pending_about(std::string_view resource, std::size_t limit) = 0;
  /// Those that are not over though their time is, soonest first.
  virtual std::vector<Operation> expired_operations(Time now, std::size_t limit) = 0;
  /// Those of one fleet work whose devices were not told, in the order of their ids.
  virtual std::vector<Operation> queued_for_fleet(std::uint64_t fleet, std::size_t limit) = 0;

  /// Events with an id below `before`, the newest first; of all devices if `device` is empty.
  virtual std::vector<ManagementEvent> events(std::string_view device, std::uint64_t before, std::size_t limit) = 0;

  /// Sessions of the device with an id below `before`, the newest first; without their bodies.
  virtual std::vector<ManagementTrace> traces(std::string_view device, std::uint64_t before, std::size_t limit) = 0;
  virtual std::optional<ManagementTrace> trace(std::string_view device, std::uint64_t id) = 0;
  /// An operator wants each of its sessions kept.
  virtual bool is_traced(std::string_view device) = 0;

  virtual std::optional<ManagementAlarm> alarm(std::string_view device, std::string_view kind) = 0;
  virtual std::vector<ManagementAlarm> alarms(std::string_view device) = 0;
  /// Of all devices, behind this one in the order of devices and kinds.
  virtual std::vector<ManagementAlarm> alarms_after(std::string_view device, std::string_view kind, std::size_t limit) = 0;
  /// Devices that called last before `before`, though they ever did, behind this one in the order of that time and their ids.
  virtual std::vector<ManagedDevice> devices_unseen(Time before, Time after, std::string_view after_id, std::size_t limit) = 0;

  /// Those of one owner; of a device; of a device about one parameter. In the order of owners, then parameters.
  virtual std::vector<Watch> watches_by(std::string_view owner) = 0;
  virtual std::vector<Watch> watches_of(std::string_view device) = 0;
  virtual std::vector<Watch> watches_on(std::string_view device, std::string_view leaf) = 0;
  /// Owners after `after`, in their order.
  virtual std::vector<std::string> watching(std::string_view after, std::size_t limit) = 0;

  virtual std::optional<ManagedFile> file(std::string_view name) = 0;
  virtual std::vector<ManagedFile> files(std::string_view after, std::size_t limit) = 0;
  virtual std::optional<Transfer> transfer(std::string_view token) = 0;
  virtual std::optional<Transfer> transfer_of(std::uint64_t operation) = 0;
};

class ManagementWrites : public ManagementReads {
 public:
  /// Inserts or replaces. Another device must not be the same `managed`.
  virtual void put_device(const ManagedDevice& device) = 0;
  /// With all that is kept of it here; false if there is none.
  virtual bool erase_device(std::string_view id) = 0;
  virtual void put_credential(const ManagementCredential& credential) = 0;
  virtual bool erase_credential(std::string_view device, CredentialPurpose purpose, std::string_view user) = 0;
  /// Inserts or replaces.
  virtual void put_nonces(const ManagementNonces& nonces) = 0;
  /// Inserts or replaces.
  virtual void put_bootstrap(const ManagementBootstrap& bootstrap) = 0;
  /// False if there was none.
  virtual bool erase_bootstrap(std::string_view device) = 0;
  /// Inserts (id 0; an id is given) or replaces. The id.
  virtual std::uint64_t put_operation(const Operation& operation) = 0;
  virtual void erase_operation(std::uint64_t id) = 0;
  /// Deletes operations that were over before `before`, `limit` at most; how many.
  virtual std::size_t erase_operations_over(Time before, std::size_t limit) = 0;
  /// Every operation that is `sent` becomes `undecided`: the sessions that had them are gone. How many.
  virtual std::size_t doubt_sent_operations() = 0;
  /// Appends an event, and drops the oldest of its device beyond `kept`.
  virtual void add_event(const ManagementEvent& event, std::size_t kept) = 0;
  /// Appends a trace, and drops the oldest of its device beyond `kept`.
  virtual void add_trace(const ManagementTrace& trace, std::size_t kept) = 0;
  virtual void set_traced(std::string_view device, bool is_traced) = 0;
  /// Inserts or replaces.
  virtual void put_alarm(const ManagementAlarm& alarm) = 0;
  virtual bool erase_alarm(std::string_view device, std::string_view kind) = 0;
  /// Inserts, or replaces the one of this owner and leaf.
  virtual void put_watch(const Watch& watch) = 0;
  virtual void erase_watches(std::string_view owner) = 0;
  virtual void put_file(const ManagedFile& file) = 0;
  virtual bool erase_file(std::string_view name) = 0;
  virtual void put_transfer(const Transfer& transfer) = 0;
  virtual std::size_t erase_transfers_expired(Time now, std::size_t limit) = 0;
  /// Inserts (id 0; an id is given) or replaces. The id.
  virtual std::uint64_t put_fleet(const FleetWork& fleet) = 0;
  /// Adds members behind those it has; a path that it has already is passed over. How many were added.
  virtual std::size_t add_fleet_members(std::uint64_t fleet, const std::vector<FleetMember>& members) = 0;
  /// Replaces what is stored at its position.
  virtual void put_fleet_member(const FleetMember& member) = 0;
  /// Deletes fleet works that were over before `before`, with at most `limit` of their members; how many rows.
  virtual std::size_t erase_fleets_over(Time before, std::size_t limit) = 0;
};

}  // namespace nscl::store
