"""The faults ring: what the program says when the network, a proxy or the server fails; and the kit that makes them fail.

`ring` runs the program and looks at all of it, `acts` has every act and its faults, `crossing` chooses which of them meet, and
`conftest` how long a run waits: long for what does come, shortly for what never does. The kit's own tests are `test_kit_*`.
Failures of real users, by the number that their tests carry:

    F1  502 in the middle of an upload, then fine       test_uploads
    F2  done, and the answer lost                       test_every_act, test_uploads, test_two_at_once
    F3  accepted, not started                           test_two_at_once
    F4  every way of being busy                         test_two_at_once
    F5  stuck in Cancelling                             test_two_at_once
    F6  no printer connected                            test_two_at_once
    F7  offline after an error                          test_two_at_once
    F8  413 by a proxy                                  test_uploads
    F9  reset in the middle of the body                 test_uploads
    F10 certificates, each trouble apart                test_tls
    F11 a client certificate demanded                   test_tls
    F12 a .local name at the second try                 test_in_front
    F13 IPv6 first, IPv4 only                           test_in_front
    F15 a name refused with a bare 400                  test_uploads
    F16 the server changes the name                     test_uploads
    F17 percent, hash, brackets in a path               test_uploads
    F18 the running file                                test_uploads_meanwhile
    F19 an upload while another job prints              test_uploads_meanwhile
    F26 nulls                                           test_every_read
    F27 CSRF for a bad key                              test_keys
    F28 a permission is missing                         test_keys
    F29 a key that is no longer known                   test_keys
    F30 still starting                                  test_in_front, test_every_read
    F35 a configuration of before                       test_two_at_once
    F36 any version text                                test_every_read
    F37 nothing hangs                                   test_read_limits, test_every_act, test_uploads
    F39 the disk is full                                test_uploads
    F40 an SD transfer stands still                     test_uploads_meanwhile
    F42 control characters and orders in names          test_hostile_names
    F43 paths that climb or ask                         test_hostile_names
    F44 signals, closed streams                         test_process
    F46 both dialects                                   test_every_act and most others
    F47 an endpoint that is absent                      test_every_read

F48 (a key asked for on the server's page) has no command yet.

Waiting, and the push socket below it:

    a socket that is refused, drops, is silent          test_push_faults
    one that sends nonsense, or too little              test_push_news
    a server, or its jobs, that go away meanwhile       test_waits_meanwhile
    gcode --reply                                       test_reply_faults
    signals, closed streams, TLS, a prefix              test_process_waits
    what the answer holds whenever it fails             test_wait_data
"""
