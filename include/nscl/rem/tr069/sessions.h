// SPDX-License-Identifier: Apache-2.0
// Sessions: the table of those that live; one for each device, wherever its requests come from. Any thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nscl/rem/tr069/session.h>

namespace nscl::rem::tr069 {

class Sessions final : public std::enable_shared_from_this<Sessions> {
 public:
  using Clock = Session::Clock;
  using Now = std::function<Clock::time_point()>;
  /// Who calls: the name it proved, which may be empty where nobody has to, and its address.
  struct Caller {
    std::string user, peer;
    bool operator==(const Caller&) const = default;
  };
  /// Tells that a second one calls as this device. Must not block, nor call back.
  using Doubled = std::function<void(const std::string& device, const Caller& second)>;

  /// Held by a shared_ptr. `work` outlives it.
  Sessions(Work& work, Performing performing, SessionLimits limits, Now now = Clock::now, Doubled doubled = {});

  /// A connection that CPEs call on: kept with it, so that its end is the end of this object.
  class Line {
   public:
    explicit Line(std::weak_ptr<Sessions> table) : table_(std::move(table)) {}
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

   private:
    friend class Sessions;
    const std::weak_ptr<Sessions> table_;
    std::string session_;   ///< that was last used here; guarded by the table
  };
  std::shared_ptr<Line> make_line() { return std::make_shared<Line>(weak_from_this()); }

  /// One request's use of a session, which nobody else has meanwhile.
  class Use {
   public:
    Use(std::shared_ptr<Sessions> table, std::shared_ptr<Session> session, std::string id, bool is_new_connection)
        : table_(std::move(table)), session_(std::move(session)), id_(std::move(id)), is_new_connection_(is_new_connection) {}
    ~Use() {
      if (table_) table_->release(id_);
    }
    Use(Use&&) noexcept = default;
    Use& operator=(Use&&) = delete;

    Session& operator*() const { return *session_; }
    Session* operator->() const { return session_.get(); }
    const std::string& id() const { return id_; }   ///< 32 hexadecimal digits, which nobody can guess
    bool is_new_connection() const { return is_new_connection_; }

   private:
    std::shared_ptr<Sessions> table_;
    std::shared_ptr<Session> session_;
    std::string id_;
    bool is_new_connection_ = false;
  };

  /// A new session of the device, to be begun; an older one gives way unless it is in use. Else a 503.
  tl::expected<Use, Reply> open(Line& line, const std::string& device, Caller caller);

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
  tl::expected<Use, Reply> resume(Line& line, const std::string& id);

  bool is_full() const;
  std::size_t count() const;   ///< of those that are not over

  /// Ends what waited for too long. To be called every second or so.
  void sweep();

  Clock::time_point now() const { return now_(); }

 private:
  struct Entry {
    std::shared_ptr<Session> session;
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
  std::shared_ptr<Session> take_out(const std::string& id);
  bool is_lost(const Entry& entry, Clock::time_point now) const;
  void release(const std::string& id);
  void forget(const std::string& id, Clock::time_point now);
  void lose(const Line& line);

  Work& work_;
  const Performing performing_;
  const SessionLimits limits_;
  const Now now_;
  const Doubled doubled_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> by_id_;
  std::unordered_map<std::string, std::string> by_device_;   ///< ids of those that are not over
  std::deque<Ended> ended_;                                  ///< sessions that are over, in the order of their ends
  std::unordered_map<std::string, unsigned> visits_;         ///< Informs of this minute
  Clock::time_point minute_{};                               ///< when it began
};

}  // namespace nscl::rem::tr069
