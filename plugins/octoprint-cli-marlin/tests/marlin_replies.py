"""What firmwares answered: recorded in logs that their users published, or shown in documentation. A name says the firmware and
the command; `SHAPED` ones are put together from what others recorded.
"""

from __future__ import annotations

from typing import List


def lines(text: str) -> List[str]:
    """As the firmware sends them."""
    return text.strip("\n").split("\n")


def with_capabilities(name: str, **capabilities: int) -> List[str]:
    """An answer to M115."""
    about = (
        f"FIRMWARE_NAME:{name} SOURCE_CODE_URL:https://example.org PROTOCOL_VERSION:1.0 MACHINE_TYPE:CR-10S EXTRUDER_COUNT:1 UUID:"
    )
    return [about, *(f"Cap:{capability}:{value}" for capability, value in capabilities.items()), "ok"]


#: A CR-10S, 2019.
MARLIN_TH3D_M115 = lines("""
FIRMWARE_NAME:Marlin TH3D U1.R2.7 SOURCE_CODE_URL: PROTOCOL_VERSION:1.0 MACHINE_TYPE:CR-10S EXTRUDER_COUNT:1 UUID:
Cap:SERIAL_XON_XOFF:0
Cap:EEPROM:1
Cap:VOLUMETRIC:0
Cap:AUTOREPORT_TEMP:1
Cap:PROGRESS:0
Cap:PRINT_JOB:1
Cap:AUTOLEVEL:1
Cap:Z_PROBE:1
Cap:LEVELING_DATA:1
Cap:EMERGENCY_PARSER:0
Cap:THERMAL_PROTECTION:1
ok
""")
PRUSA_MK3_M115 = [
    "FIRMWARE_NAME:Prusa-Firmware 3.10.1 based on Marlin FIRMWARE_URL:https://github.com/prusa3d/Prusa-Firmware "
    "PROTOCOL_VERSION:1.0 MACHINE_TYPE:Prusa i3 MK3S EXTRUDER_COUNT:1 UUID:00000000-0000-0000-0000-000000000000",
    "Cap:AUTOREPORT_TEMP:1",
    "ok",
]
PRUSA_MINI_M115 = [
    "FIRMWARE_NAME:Prusa-Firmware-Buddy 5.2.0+13881 (Github) SOURCE_CODE_URL:https://github.com/prusa3d/Prusa-Firmware-Buddy "
    "PROTOCOL_VERSION:1.0 MACHINE_TYPE:Prusa-mini EXTRUDER_COUNT:5 UUID:00000000-0000-0000-0000-000000000000",
    "ok",
]
KLIPPER_M115 = ["ok FIRMWARE_NAME:Klipper FIRMWARE_VERSION:v0.12.0-255-ge94a73a3"]

MARLIN_M114 = ["X:0.00 Y:127.00 Z:145.00 E:0.00 Count X:0 Y:10160 Z:116000", "ok"]
MARLIN_M119 = [
    "Reporting endstop status",
    "x_min: open",
    "y_min: open",
    "z_min: TRIGGERED",
    "z_probe: open",
    "filament: open",
    "ok",
]
#: Marlin 2.1 with UBL, 2024, without some of its lines.
MARLIN_2_1_M503 = lines("""
echo:; Linear Units:
echo:  G21 ; (mm)
echo:; Filament settings (Disabled):
echo:  M200 S0 D1.75
echo:; Steps per unit:
echo:  M92 X80.29 Y80.29 Z399.21 E425.35
echo:; Unified Bed Leveling:
echo:  M420 S0 Z10.00 ; Leveling OFF

Unified Bed Leveling System v1.01 inactive
echo:Active Mesh Slot 0
echo:EEPROM can hold 6 meshes.

echo:; Material heatup parameters:
echo:  M145 S0 H205.00 B60.00 F128
echo:  M145 S1 H240.00 B90.00 F128
echo:; Bed PID:
echo:  M304 P269.56 I52.65 D920.09
ok
""")
MARLIN_1_1_M503 = lines("""
echo:Steps per unit:
echo:  M92 X202.00 Y202.00 Z3200.00 E840.00
echo:Maximum feedrates (mm/s):
echo:  M203 X300.00 Y300.00 Z15.00 E22.00
echo:SD init fail
ok
""")
MARLIN_M500 = ["echo:Settings Stored (735 bytes; crc 9159)", "ok"]
#: Makerbase's Marlin on a board whose memory fails.
MARLIN_M500_FAILED = ["echo:Error writing to EEPROM!", "echo:Error writing to EEPROM!", "ok"]

#: Bilinear, Marlin 2.0, 2022: measured and, finer, computed.
BILINEAR = lines("""
Bilinear Leveling Grid:
      0      1      2      3      4
 0 +0.311 +0.260 +0.240 -0.070 +0.186
 1 -0.150 +0.142 +0.139 +0.086 -0.136
 2 +0.080 -0.103 +0.092 +0.059 -0.075
 3 +0.136 +0.094 -0.288 +0.067 +0.010
 4 +0.207 -0.250 +0.171 +0.131 +0.051

Subdivided with CATMULL ROM Leveling Grid:
        0        1        2        3        4        5        6        7        8        9       10       11       12
 0 +0.31125 +0.29301 +0.27477 +0.26000 +0.26176 +0.26699 +0.24000 +0.13718 +0.00213 -0.07000 -0.02653 +0.07986 +0.18625
 1 +0.13190 +0.16738 +0.20285 +0.22556 +0.23414 +0.22996 +0.20421 +0.13603 +0.04629 -0.01111 -0.00745 +0.02854 +0.06454

echo:Bed Leveling ON
echo:Fade Height 10.00
ok
""")
#: Mesh bed leveling by hand, Marlin 1.1.9 of an Ender 3.
BY_HAND = lines("""
Z offset: 0.00000
Measured points:
        0        1        2        3        4
 0 +0.09000 +0.11000 +0.20000 +0.25000 +0.30500
 1 +0.02500 +0.03500 +0.09000 +0.17500 +0.22000
 2 +0.01000 +0.04000 +0.06500 +0.09500 +0.18000
 3 +0.07500 +0.07500 +0.03500 +0.02000 +0.03500
 4 +0.19000 +0.09500 +0.06500 +0.09500 +0.08000

echo:Bed Leveling On
echo:Fade Height 1.00
ok
""")
#: The same, 2016, of G29: no row has a number. Three of its seven rows.
BY_HAND_OLD = lines("""
State: On
Num X,Y: 7,7
Z search height: 4
Z offset: 0.00000
Measured points:
  3.80000  3.80000  3.80000  3.80000  3.80000  3.70000  3.70000
  3.90000  3.90000  3.90000  3.90000  3.80000  3.80000  3.80000
  4.00000  4.00000  4.00000  3.90000  3.90000  3.90000  3.80000
ok
""")
#: UBL, Marlin 2.0 of a round bed, 2020.
UBL = lines("""

Bed Topography Report:

    (  -69, 69)                                              ( 69, 69)
        0       1       2       3       4       5       6       7
 7 |   .       .       .       .       .       .       .       .
   |
 6 |   .       .       .       .       .       .       .       .
   |
 5 |   .       .     -0.306  +0.087 [+0.061] +0.046    .       .
   |
 4 |   .     +0.054  +0.087  +0.095  +0.126  +0.117  +0.099    .
   |
 3 |   .     +0.044  +0.076  +0.102  +0.164  +0.174  +0.106    .
   |
 2 |   .     +0.030  +0.071  +0.099  +0.107  +0.148  +0.084    .
   |
 1 |   .     +0.069  +0.109  +0.079  +0.091  +0.180  +0.096    .
   |
 0 |   .       .       .     +0.091  +0.098    .       .       .
        0       1       2       3       4       5       6       7
    (  -69,  -69)                                              ( 69,  -69)

Mesh is valid
Storage slot: 0
echo:Bed Leveling ON
echo:Fade Height 10.00
ok
""")
#: UBL, Marlin 1.1, 2018: no row has a number, and the corners have them.
UBL_OLD = lines("""
Bed Topography Report:

(0,7)                                                   (7,7)
(15,191)                                                (191,191)
 -0.075   -0.004    0.060    0.106    0.103    0.098    0.074    0.036

 -0.029    0.043    0.085    0.095    0.111    0.094    0.095    0.085

[ 0.023]   0.075    0.121    0.164    0.177    0.187    0.197    0.174
(15,15)                                                 (191,15)
(0,0)                                                   (7,0)
ok
""")
#: UBL of a Tevo Tornado, 2021: a temperature report has cut into the last row. Three of its ten rows.
UBL_CUT = lines("""
Bed Topography Report:

(0,9)                                                                   (9,9)
(5,295)                                                                (315,295)
     .          .          .          .          .          .          .          .          .          .

  0.059   -0.003   -0.011   -0.051    0.007   -0.011    0.004   -0.036       .          .

  0.079    0.039    0.044   -0.023    0.014   -0.043 T:18.39 /0.00 B:18.40 /0.00 @:0 B@:0
ok
""")
#: UBL as CSV: of G29 T1, 2018, with commas; newer ones have tabs. Three of its rows.
UBL_CSV = lines("""
Bed Topography Report for CSV:

0.256,0.170,0.140,0.535
0.488,0.277,0.174,-0.049
0.479,0.197,NAN,0.062
ok
""")
UBL_TABS_SHAPED = ["Bed Topography Report for CSV:", "", "0.085\t0.010\t0.008", "0.032\tNAN\t-0.005", "ok"]
UBL_EMPTY_SHAPED = [
    *("Bed Topography Report:", "", "    (   0,200)        (200,200)", "        0       1", " 1 |   .       .", "   |"),
    *(
        " 0 |   .       .",
        "        0       1",
        "    (   0,  0)        (200,  0)",
        "",
        "Mesh is invalid",
        "echo:Bed Leveling OFF",
        "ok",
    ),
]
#: With the Prusa's rows from the back of the bed. Two of its seven rows.
PRUSA_G81_SHAPED = lines("""
Num X,Y: 7,7
Z search height: 5.00
Measured points:
  0.05400  0.05133  0.05500  0.06500  0.08133  0.10400  0.13300
  -0.01000  -0.00333  -0.00528  -0.00500  -0.00250  0.00222  0.00617
ok
""")
NO_MESH = ["echo:Invalid mesh.", "echo:Bed Leveling OFF", "echo:Fade Height 10.00", "ok"]
PLANE = ["Bed Level Correction Matrix:", "+0.99998 +0.00000 -0.00561", "+0.00001 +1.00000 +0.00175", "ok"]
UNKNOWN_M420 = ['echo:Unknown command: "M420 V1"', "ok"]

#: An Anycubic's hotend, seven cycles; most of its temperatures are left out.
MARLIN_M303 = lines("""
PID Autotune start
 T:217.71 /0.00 (255.00) B:54.25 /0.00 (3537.13) @:97 B@:0
 T:216.69 /0.00 (259.88) B:54.14 /0.00 (3539.13) @:97 B@:0
 bias: 94 d: 94 min: 216.38 max: 224.03 T:218.93 /0.00 (249.13) B:52.98 /0.00 (3559.75) @:94 B@:0
PID Autotune finished! Put the last Kp, Ki and Kd constants from below into Configuration.h
#define DEFAULT_Kp 20.84
#define DEFAULT_Ki 1.86
#define DEFAULT_Kd 58.26
ok
""")
MARLIN_M303_BED = lines("""
PID Autotune start
PID Autotune finished! Put the last Kp, Ki and Kd constants from below into Configuration.h
#define DEFAULT_bedKp 124.24
#define DEFAULT_bedKi 21.69
#define DEFAULT_bedKd 474.49
ok
""")
#: Marlin 1.1 with PID debug output, 2017: three constants on a line, and before the last cycle others.
MARLIN_1_1_M303_SHAPED = lines("""
PID Autotune start
 bias: 214 d: 40 min: 244.48 max: 252.50 T:249.38 /0.00 B:24.31 /0.00 @:127 B@:0
 bias: 206 d: 48 min: 247.60 max: 252.29 Ku: 26.08 Tu: 21.97
 Classic PID
 Kp: 15.65 Ki: 1.42 Kd: 42.96
 bias: 205 d: 49 min: 247.71 max: 252.20 Ku: 26.00 Tu: 22.10
 Classic PID
 Kp: 15.60 Ki: 1.41 Kd: 43.10
PID Autotune finished! Put the last Kp, Ki and Kd constants from below into Configuration.h
ok
""")
#: One cycle is too few: nothing is computed.
MARLIN_M303_ONE_CYCLE = lines("""
 bias: 86 d: 86 min: 218.33 max: 228.13PID Autotune finished! Put the last Kp, Ki and Kd constants from below into Configuration.h
#define  DEFAULT_Kp 0.00
#define  DEFAULT_Ki 0.00
#define  DEFAULT_Kd 0.00
ok
""")
MARLIN_M303_TOO_HIGH = lines("""
PID Autotune start
 T:26.6 /0.0 (3888) B:22.7 /0.0 (3919) @:127 B@:0
 T:34.3 /0.0 (3816) B:22.8 /0.0 (3919) @:0 B@:0
PID Autotune failed! Temperature too high
ok
""")
