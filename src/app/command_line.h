// SPDX-License-Identifier: Apache-2.0
// What the parts of the command line have in common.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

#include <nscl/app/commands.h>

namespace nscl::app {

/// What the chosen command wants to run.
using Action = std::function<int()>;

void add_source(CLI::App& command, ConfigSource& source);   // main.cpp
void add_audit(CLI::App& app, Action& action);              // command_audit.cpp

}  // namespace nscl::app
