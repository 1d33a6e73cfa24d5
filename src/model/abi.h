/* SPDX-License-Identifier: MIT */
/*
 * The ABI that the model speaks: the public headers themselves, in an order that compiles, and the error numbers. abi.c
 * asserts that their layout is the one specified, and that the core's constants are theirs. Nothing is declared here a
 * second time.
 */
#pragma once
#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <xen/grant_table.h>
#include <xen/gntdev.h>
