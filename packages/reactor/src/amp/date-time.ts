// oxlint-disable no-restricted-globals -- Converts moments that are given; no clock is read.
import { ProtocolError } from "../errors.ts";
import { type Argument, textOf } from "./arguments.ts";

const FORM = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})([+-])(\d\d):(\d\d)$/;

/**
 * A moment, always 32 characters: `2012-01-23T12:34:56.054321-01:23`. Here it is a `Date`, so to the millisecond;
 * it is sent as UTC, which Twisted writes `-00:00`.
 */
export const DateTime: Argument<Date> = {
  toBytes(value) {
    const [date = "", time = ""] = value.toISOString().split("T");
    if (date.length !== 10)
      throw new TypeError(`Cannot send ${value.toISOString()}: its year has not four digits`);
    return new TextEncoder().encode(`${date}T${time.slice(0, -1)}000-00:00`);
  },

  fromBytes(bytes) {
    const [, ...parts] = FORM.exec(textOf(bytes, FORM, "DateTime")) ?? [];
    const [year, month, day, hour, minute, second, microsecond] = parts.map(Number);
    const [sign, offsetHours, offsetMinutes] = parts.slice(7);
    const offset = (sign === "-" ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes));
    const value = new Date(0);
    value.setUTCFullYear(year!, month! - 1, day);
    const isTime = hour! < 24 && minute! < 60 && second! < 60 && Math.abs(offset) < 24 * 60;
    if (value.getUTCMonth() !== month! - 1 || !isTime)
      throw new ProtocolError("Cannot read the DateTime: there is no such moment");
    value.setUTCHours(hour!, minute! - offset, second, Math.floor(microsecond! / 1000));
    return value;
  },
};
