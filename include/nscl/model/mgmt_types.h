// SPDX-License-Identifier: Apache-2.0
// The data types of the management objects (TS 102 921 annex E; resources.md 4.3, 4.4, 5.1), declared as in data_type.h.
#pragma once

#include <nscl/model/data_type.h>

namespace nscl::model::types {

extern const DataType action_status, name_value_set;
extern const DataType battery_level, battery_status, log_type, log_data, occured_events;
extern const DataType text_32, text_64, text_256, text_1024;      ///< strings of at most so many characters
extern const DataType reboot_level, reboot_timing, area_nwk_type, area_nwk_status, group;
extern const DataType memory_size, ranked_an_list, rcat_sched_list, block_list;
extern const DataType cmd_type, exec_req_args, exec_status, exec_result;

}  // namespace nscl::model::types
