# SPDX-License-Identifier: Apache-2.0
list(APPEND PAL_UNIT_SOURCES crypto/test_digest.c crypto/test_key.c crypto/test_signers.c crypto/test_sshsig.c)
