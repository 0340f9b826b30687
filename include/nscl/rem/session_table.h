// SPDX-License-Identifier: Apache-2.0
// SessionTable: the sessions of a management protocol that live; one for each device, wherever its requests come from. Any thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <tl/expected.hpp>

namespace nscl::rem {

/// A session as the table sees it.
class TabledSession {
 public:
  virtual ~TabledSession() = default;
  virtual const std::string& device() const = 0;
  /// Nothing more will be sent but the same end again.
  virtual bool is_over() const = 0;
  /// How long the device may be silent.
  virtual std::chrono::seconds patience() const = 0;
  /// The session is lost. Does not wait. `how`: for people.
  virtual void abandon(std::string_view how) = 0;
};

struct TableLimits {
  std::chrono::seconds grace{30};      ///< for a new connection, when the old one is lost
  std::chrono::seconds farewell{10};   ///< a session that is over is known so long, for a device that asks again
  std::chrono::seconds overrun{10};    ///< idle for so long, a session gives way to a new one though its connection is open
  bool keeps_to_connections = true;    ///< devices keep to one in a session; false: its end says nothing
  std::size_t sessions = 5000;         ///< at once
  unsigned per_minute = 10;            ///< begun by one device
};

class SessionTable : public std::enable_shared_from_this<SessionTable> {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;
  /// Who calls: the name it proved, which may be empty where nobody has to, and its address.
  struct Caller {
    std::string user, peer;
    bool operator==(const Caller&) const = default;
  };
  /// Tells that a second one calls as this device. Must not block, nor call back.
  using Doubled = std::function<void(const std::string& device, const Caller& second)>;

  /// Held by a shared_ptr.
  explicit SessionTable(TableLimits limits, Now now = Clock::now, Doubled doubled = {});
  virtual ~SessionTable() = default;

  /// A connection that devices call on: kept with it, so that its end is the end of this object.
  class Line {
   public:
    explicit Line(std::weak_ptr<SessionTable> table) : table_(std::move(table)) {}
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

   private:
    friend class SessionTable;
    const std::weak_ptr<SessionTable> table_;
    std::string session_;   ///< that was last used here; guarded by the table
  };
  std::shared_ptr<Line> make_line() { return std::make_shared<Line>(weak_from_this()); }

  /// One request's use of a session, which nobody else has meanwhile.
  class Use {
   public:
    Use(std::shared_ptr<SessionTable> table, std::shared_ptr<TabledSession> session, std::string id, bool is_new_connection)
        : table_(std::move(table)), session_(std::move(session)), id_(std::move(id)), is_new_connection_(is_new_connection) {}
    ~Use() {
      if (table_) table_->release(id_);
    }
    Use(Use&&) noexcept = default;
    Use& operator=(Use&&) = delete;

    TabledSession& operator*() const { return *session_; }
    const std::string& id() const { return id_; }   ///< 32 hexadecimal digits, which nobody can guess
    bool is_new_connection() const { return is_new_connection_; }

   private:
    std::shared_ptr<SessionTable> table_;
    std::shared_ptr<TabledSession> session_;
    std::string id_;
    bool is_new_connection_ = false;
  };

  /// Why a request gets no session.
  struct Denial {
    unsigned status = 503;   ///< of HTTP: 503, or 400
    std::string_view why;    ///< a text for the device
    std::chrono::seconds retry_after{0};   ///< 0: not told
  };

  static std::string fresh_id();

  /// A new session, to be begun; an older one of its device gives way unless it is in use. Else a 503.
  tl::expected<Use, Denial> open(Line& line, std::shared_ptr<TabledSession> session, Caller caller, std::string id = fresh_id());

  /// here: the session that was last used on this connection. elsewhere: one with this id that was used on another; who proves to be its
  /// caller may go on with it.
  enum class Place : unsigned char { nowhere, here, elsewhere };
  struct Standing {
    Place place = Place::nowhere;
    std::string id;
    Caller caller;
  };
  Standing find(const Line& line, std::string_view id) const;

  /// The session goes on here. Else 400, there is none any more, or 503, another request has it.
  tl::expected<Use, Denial> resume(Line& line, const std::string& id);

  bool is_full() const;
  /// Whether there is such a session, or was just now.
  bool knows(const std::string& id) const;
  std::size_t count() const;   ///< of those that are not over

  /// Ends what waited for too long. To be called every second or so.
  void sweep();

  Clock::time_point now() const { return now_(); }

 private:
  struct Entry {
    std::shared_ptr<TabledSession> session;
    Caller caller;
    const Line* line = nullptr;   ///< null: the connection is lost
    Clock::time_point last{};     ///< when it was used, or its connection lost
    bool is_busy = false;
  };
  struct Ended {
    Clock::time_point time{};
    std::string id;
  };

  bool is_too_often(const std::string& device, Clock::time_point now);
  bool gives_way(const Entry& entry, const Line& line, Clock::time_point now) const;
  std::shared_ptr<TabledSession> take_out(const std::string& id);
  bool is_lost(const Entry& entry, Clock::time_point now) const;
  void release(const std::string& id);
  void forget(const std::string& id, Clock::time_point now);
  void lose(const Line& line);

  const TableLimits limits_;
  const Now now_;
  const Doubled doubled_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> by_id_;
  std::unordered_map<std::string, std::string> by_device_;   ///< ids of those that are not over
  std::deque<Ended> ended_;                                  ///< sessions that are over, in the order of their ends
  std::unordered_map<std::string, unsigned> visits_;         ///< begun in this minute
  Clock::time_point minute_{};                               ///< when it began
};

/// The table of a protocol whose sessions are of class S.
template <class S>
class SessionsOf final : public SessionTable {
 public:
  using SessionTable::SessionTable;

  class Use : public SessionTable::Use {
   public:
    explicit Use(SessionTable::Use use) : SessionTable::Use(std::move(use)) {}
    S& operator*() const { return static_cast<S&>(SessionTable::Use::operator*()); }
    S* operator->() const { return &**this; }
  };

  tl::expected<Use, Denial> open(Line& line, std::shared_ptr<S> session, Caller caller, std::string id = fresh_id()) {
    return typed(SessionTable::open(line, std::move(session), std::move(caller), std::move(id)));
  }
  tl::expected<Use, Denial> resume(Line& line, const std::string& id) { return typed(SessionTable::resume(line, id)); }

 private:
  static tl::expected<Use, Denial> typed(tl::expected<SessionTable::Use, Denial> use) {
    if (!use) return tl::unexpected(use.error());
    return Use(*std::move(use));
  }
};

}  // namespace nscl::rem
