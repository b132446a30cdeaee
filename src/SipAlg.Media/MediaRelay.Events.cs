using SipAlg.Media.Events;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media;

/// <content>Telephone events (RFC 4733) taken out of streams and put into them, for ends that send and take digits in another way.</content>
public sealed unsafe partial class MediaRelay
{
    /// <summary>
    /// Takes telephone events out of the stream that arrives at a port; each digit can be heard once, when it is over. The numbers of what
    /// goes on stay without a gap. Plain RTP only.
    /// </summary>
    /// <param name="a">The port of the end that sends events.</param>
    /// <param name="formats">Payload types that are events; none: there are no more of them, and the numbers of the stream go on as they are by now.</param>
    /// <param name="heard">Called on a relay thread when there is something to hear: must not wait, throw or allocate. That of the first call holds.</param>
    public void TakeEvents(in MediaPort a, in TelephoneEventFormats formats, Action heard)
    {
        var pair = Held(a);
        if (pair == null)
        {
            return;
        }

        var pool = _pools[a.Pool];
        if (pool.EventsOf(pair) is not EventTap tap)
        {
            if (formats.IsEmpty)
            {
                return;
            }

            tap = new EventTap(heard, Time.TimestampFrequency);
            pool.SetEvents(pair, tap);
        }

        tap.Negotiate(formats);
        pair->SetEvents(true);
    }

    /// <summary>The next digit that has ended in the stream that arrives at a port.</summary>
    public bool TryHear(in MediaPort a, out DtmfDigit digit)
    {
        digit = default;
        var pair = Held(a);
        return pair != null && _pools[a.Pool].EventsOf(pair) is EventTap tap && tap.TryHear(out digit);
    }

    /// <summary>Digits that nobody heard in time, or will hear if the port is given back now.</summary>
    public long UnheardDigits(in MediaPort a)
    {
        var pair = Held(a);
        return pair != null && _pools[a.Pool].EventsOf(pair) is EventTap tap ? tap.Lost + tap.Pending : 0;
    }

    /// <summary>Digits that were taken and are not sent to their end.</summary>
    public long UnsentDigits(in MediaPort a)
    {
        var pair = Held(a);
        return pair != null && _pools[a.Pool].EventsOf(pair) is EventFeed feed ? feed.Pending : 0;
    }

    /// <summary>
    /// The stream that arrived at a port arrives at another one now, of the same place: its events go on there, with their numbers and
    /// what waits.
    /// </summary>
    public void MoveEvents(in MediaPort from, in MediaPort to)
    {
        var before = Held(from);
        var after = Held(to);
        if (before == null || after == null || _pools[from.Pool].EventsOf(before) is not { } events)
        {
            return;
        }

        CheckPlaces(before, after);
        _pools[to.Pool].SetEvents(after, events);
        after->SetEvents(true);
        before->SetEvents(false);
        _pools[from.Pool].SetEvents(before, null);
        Submit(after);
    }

    /// <summary>Makes the stream that arrives at a port ready for digits, which go on with it to the port's partner. Plain RTP only.</summary>
    /// <param name="a">The port of the end that sends no events itself.</param>
    /// <param name="format">What the end behind the partner takes; null: nothing any more.</param>
    /// <param name="clockRate">Of the stream's codec.</param>
    public void PutEvents(in MediaPort a, TelephoneEventFormat? format, int clockRate)
    {
        var pair = Held(a);
        if (pair == null)
        {
            return;
        }

        var pool = _pools[a.Pool];
        if (pool.EventsOf(pair) is not EventFeed feed)
        {
            if (format is null)
            {
                return;
            }

            feed = new EventFeed(Time.TimestampFrequency, Random.Shared);
            pool.SetEvents(pair, feed);
        }

        feed.Negotiate(format, clockRate);
        pair->SetEvents(true);
    }

    /// <summary>Sends a digit in the stream that arrives at a port, behind those that wait; false if too many do, or the stream is not ready for any.</summary>
    public bool TryPut(in MediaPort a, DtmfDigit digit)
    {
        var pair = Held(a);
        if (pair == null || _pools[a.Pool].EventsOf(pair) is not EventFeed feed || !feed.TryPut(digit))
        {
            return false;
        }

        Submit(pair);
        return true;
    }

    /// <summary>The stream that arrives at a port passes as it comes: it is not plain RTP any more.</summary>
    public void LeaveEvents(in MediaPort a)
    {
        var pair = Held(a);
        if (pair != null)
        {
            pair->SetEvents(false);
            _pools[a.Pool].SetEvents(pair, null);
        }
    }
}
