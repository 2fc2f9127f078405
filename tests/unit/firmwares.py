"""What firmwares answer: recorded in serial logs that their users published, shown in their documentation, or said by
a server of ours. A name says the firmware; `SHAPED` ones are put together from what its source prints.
"""

from __future__ import annotations

from typing import List


def lines(text: str) -> List[str]:
    """As the log has them: without the line ends, with what is odd in front."""
    return text.strip("\n").split("\n")


#: OctoPrint's virtual printer, 1.11.8 and 2.0.0rc7 alike but for two capabilities.
VIRTUAL_M105 = ["ok T:21.30/ 0.00 B:21.30/ 0.00 @:64"]
VIRTUAL_REPORT = "T:21.30/ 0.00 B:21.30/ 0.00 @:64"
VIRTUAL_M114 = ["ok X:0.0 Y:0.0 Z:0.0 E:0.0 Count: A:0 B:0 C:0"]
VIRTUAL_M115 = lines("""
FIRMWARE_NAME:Virtual Marlin 1.0 PROTOCOL_VERSION:1.0
Cap:AUTOREPORT_TEMP:1
Cap:AUTOREPORT_SD_STATUS:1
Cap:AUTOREPORT_POS:0
Cap:EMERGENCY_PARSER:1
Cap:EXTENDED_M20:0
Cap:LFN_WRITE:0
ok
""")
VIRTUAL_M503 = lines("""
echo:; Steps per unit:
echo: M92 X80.0 Y80.0 Z800.0 E90.0
echo:; Acceleration (units/s2): P<print_accel> R<retract_accel> T<travel_accel>
echo: M204 P750.0 R1000.0 T300.0 S300.0
echo:; Material heatup parameters:
echo: M145 S0 B50 F255 H205
echo: M145 S1 B75 F0 H240
ok
""")

MARLIN_M105_SENSOR = [" T:25.50 /0.00 (8377.00) B:22.00 /0.00 (3927.19) @:0 B@:0"]
MARLIN_M105_TWO_TOOLS = ["ok T:23.24 /0 B:24.10 /0 T0:23.24 /0 T1:23.83 /0 @:0 B@:0 @0:0 @1:0"]
MARLIN_M114 = ["X:0.00 Y:127.00 Z:145.00 E:0.00 Count X: 0 Y:10160 Z:116000", "ok"]
MARLIN_M114_COREXY = ["X:130.00 Y:65.00 Z:10.00 E:0.00 Count A:15600 B:5200 Z:4000", "ok"]
MARLIN_1_0_M114 = ["X:0.00Y:0.00Z:0.00E:0.00 Count X: 0.00Y:0.00Z:0.00", "ok"]
MARLIN_2_0_7_M115 = lines("""
FIRMWARE_NAME:Marlin 2.0.7.2 (Feb  4 2021 11:33:37) SOURCE_CODE_URL:https://github.com/MarlinFirmware/Marlin \
PROTOCOL_VERSION:1.0 MACHINE_TYPE:Ender-5 EXTRUDER_COUNT:1 UUID:cede2a2f-41a2-4748-9b12-c55c62f367ff
Cap:SERIAL_XON_XOFF:0
Cap:BINARY_FILE_TRANSFER:0
Cap:EEPROM:1
Cap:AUTOREPORT_TEMP:1
Cap:LEVELING_DATA:1
Cap:CHAMBER_TEMPERATURE:0
ok
""")
MARLIN_OF_ANYCUBIC_M115 = [
    "FIRMWARE_NAME:Marlin 1.1.0Anycubic SOURCE_CODE_URL: PROTOCOL_VERSION:1.0 MACHINE_TYPE:Anycubic EXTRUDER_COUNT:1 "
    "UUID:cede2a2f-41a2-4748-9b12-c55c62f367ff",
    "ok",
]
MARLIN_M119 = [
    "Reporting endstop status",
    "x_min: open",
    "y_min: open",
    "z_min: TRIGGERED",
    "z_probe: open",
    "filament: open",
    "ok",
]
MARLIN_2_0_7_M503 = lines("""
echo:  G21    ; Units in mm (mm)
echo:  M149 C ; Units in Celsius

echo:; Filament settings: Disabled
echo:  M200 S0 D1.75
echo:; Steps per unit:
echo: M92 X80.00 Y80.00 Z400.00 E93.00
echo:; Maximum feedrates (units/s):
echo:  M203 X500.00 Y500.00 Z5.00 E60.00
echo:; PID settings:
echo:  M301 P21.73 I1.54 D76.55
; Controller Fan
echo:  M710 S255 I0 A1 D60 ; (100% 0%)
echo:; Stepper driver current:
echo:  M906 X580 Y580 Z580
echo:  M906 T0 E650

echo:; Driver stepping mode:
echo:  M569 S1 X Y Z
echo:  M569 S1 T0 E
ok
""")
MARLIN_TWO_TOOLS_M503 = lines("""
echo:Steps per unit:
echo: M92 X88.65 Y87.97 Z1100.00
echo: M92 T0 E690.00
echo: M92 T1 E415.00
echo:Maximum feedrates (units/s):
echo:  M203 X300.00 Y300.00 Z300.00
echo:  M203 T0 E120.00
  M203 T1 E100.00
echo:SD init fail
ok
""")

PRUSA_MK3_M105 = ["ok T:29.0 /0.0 B:28.6 /0.0 T0:29.0 /0.0 @:0 B@:0 P:29.5 A:34.6"]
PRUSA_MK3_M114_SHAPED = ["X:0.00 Y:-4.00 Z:0.15 E:0.00 Count X: 0.00 Y:-4.00 Z:0.15 E:0.00", "ok"]
PRUSA_MK3_M115 = lines("""
FIRMWARE_NAME:Prusa-Firmware 3.10.1 based on Marlin FIRMWARE_URL:https://github.com/prusa3d/Prusa-Firmware \
PROTOCOL_VERSION:1.0 MACHINE_TYPE:Prusa i3 MK3S EXTRUDER_COUNT:1 UUID:00000000-0000-0000-0000-000000000000
Cap:AUTOREPORT_TEMP:1
Cap:AUTOREPORT_FANS:1
Cap:PRUSA_MMU2:1
ok
""")
PRUSA_MK3_M503_SHAPED = lines("""
echo:Steps per unit:
echo:  M92 X100.00 Y100.00 Z400.00 E280.00
echo:UStep resolution:
echo: M350 X16 Y16 Z16 E32
echo:Maximum feedrates - normal (mm/s):
echo:  M203 X200.00 Y200.00 Z12.00 E120.00
echo:Maximum feedrates - stealth (mm/s):
echo:  M203 X100.00 Y100.00 Z12.00 E120.00
ok
""")
PRUSA_MINI_M105 = ["ok T:21.16 /0.00 B:21.87 /0.00 A:30.67 /0.00 @:0 B@:0"]
PRUSA_MK4_M115 = [
    "FIRMWARE_NAME:Prusa-Firmware-Buddy 5.2.0+13881 (Github) SOURCE_CODE_URL:https://github.com/prusa3d/Prusa-Firmware-Buddy "
    "PROTOCOL_VERSION:1.0 MACHINE_TYPE:Prusa-mini EXTRUDER_COUNT:5 UUID:00000000-0000-0000-0000-000000000000",
    "ok",
]
#: While it heats one of five tools, with the bed in 16 parts.
PRUSA_XL_M109 = [
    " T:184.00/185.00 B:85.20/85.00 C:-30.00/0.00 X1:30.00/36.00 A:68.73/0.00 T0:20.00/0.00 T1:184.00/185.00 "
    "T2:22.00/0.00 @:38 B@:0 HBR@:51 @0:0 @1:38 B_0_0:21.30/0.00 B_1_0:20.40/0.00 W:0"
]

KLIPPER_M105 = ["ok B:30.5 /0.0 T0:58.9 /0.0"]
KLIPPER_M105_NOT_READY = ["ok T:0"]
KLIPPER_M114_SHAPED = ["X:10.000 Y:20.500 Z:0.300 E:-1.250", "ok"]
KLIPPER_M115_SHAPED = ["ok FIRMWARE_NAME:Klipper FIRMWARE_VERSION:v0.12.0-255-ge94a73a3"]
KLIPPER_M119 = ["x:open y:open z:TRIGGERED", "ok"]
KLIPPER_ERROR = "!! Must home axis first: 107.000 100.000 20.000 [0.000]"

REPRAP_M114 = ["X:10.000 Y:20.000 Z:5.000 E:51.000 E0:51.0 E1:0.0 Count 800 1600 2000 Machine 10.00 20.00 5.00 Bed comp 0.00", "ok"]
REPRAP_M114_TOOLCHANGER = [
    "X:272.500 Y:140.000 Z:15.000 C:4.600 E:0.000 E0:0.0 Count 66000 21200 24000 7360 "
    "Machine 272.500 140.000 15.000 4.600 Bed comp 0.000"
]
REPRAP_M115 = [
    "FIRMWARE_NAME: RepRapFirmware for Duet 2 WiFi/Ethernet FIRMWARE_VERSION: 3.4.6 ELECTRONICS: Duet WiFi 1.02 or later "
    "FIRMWARE_DATE: 2023-07-21 14:08:28",
    "ok",
]
REPRAP_M119_SHAPED = ["Endstops - X: at min stop, Y: not stopped, Z: no endstop, Z probe: at min stop", "ok"]
#: Its M503 is the text of its config file.
REPRAP_M503_SHAPED = lines(
    """
; General preferences
M550 P"My; \\"\\"Printer"                 ; set printer name
M569 P0 S1 ; physical drive 0 goes forwards
M92 X80.00 Y80.00 Z400.00 E420.00:420.00 ; set steps per mm
G31 P500 X0 Y0 Z2.5
M98 P{var.homing}
""".replace('\\"', '"')
)

SMOOTHIE_M105 = ["ok T:26.3 /100.0 @255 T1:inf /0.0 @0 B:inf /0.0 @0"]
SMOOTHIE_M114 = ["ok C: X:0.000 Y:12.500 Z:0.000 A:0.000 B:0.000 C:0.000  E:0.000"]
SMOOTHIE_M115 = [
    "FIRMWARE_NAME:Smoothieware, FIRMWARE_URL:http%3A//smoothieware.org, "
    "X-SOURCE_CODE_URL:https://github.com/Smoothieware/Smoothieware, FIRMWARE_VERSION:edge-8d5ff26, PROTOCOL_VERSION:1.0, "
    "X-FIRMWARE_BUILD_DATE:Jan  3 2021 02:41:18, X-SYSTEM_CLOCK:100MHz, X-AXES:5, X-GRBL_MODE:0, X-CNC:0",
    "ok",
]
SMOOTHIE_M119 = ["min_x:1 min_y:0 min_z:0 max_x:0 max_y:0 max_z:0", "ok"]
SMOOTHIE_M119_EDGE = ["X_min:0 Y_min:0 Z_min:1 pins- (X)P1.24:0 (Y)P1.26:0 (Z)P1.28:1 (Z)P1.29:0  Probe: 0", "ok"]

REPETIER_M105_SHAPED = ["ok 12", "T:25.00 /0 B:24.03 /0 B@:0 @:0"]
REPETIER_M114_SHAPED = ["ok 13", "X:0.00 Y:0.00 Z:10.000 E:NAN"]
#: It acknowledges first and answers then.
REPETIER_M115 = [
    "ok 1",
    "FIRMWARE_NAME:Repetier_0.91 FIRMWARE_URL:https://github.com/repetier/Repetier-Firmware/ PROTOCOL_VERSION:1.0 "
    "MACHINE_TYPE:Mendel EXTRUDER_COUNT:1 REPETIER_PROTOCOL:2",
    "Printed filament:1071.80m Printing time:10 days 20 hours 14 min",
]
REPETIER_M119_SHAPED = ["ok 14", "endstops hit: x_min:L y_max:H z_max:L Z-probe state:H"]
