using SipAlg.Hosting;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Metrics;

/// <summary>SIP messages, by realm.</summary>
internal sealed class MessageMetrics(Gateway gateway)
{
    private static readonly string[] Faults = Labels.Of<MessageFault>();
    private static readonly string[] FrameFaults = Labels.Of<FrameResult>();

    public void Write(PrometheusWriter writer)
    {
        writer.Begin("sipalg_sip_requests_total", MetricKind.Counter, "SIP requests: as received, repetitions included; as sent, without them.");
        WriteRequests(writer, "in", counters => counters.RequestsIn);
        WriteRequests(writer, "out", counters => counters.RequestsOut);
        writer.Begin("sipalg_sip_responses_total", MetricKind.Counter, "SIP responses by the class of their status, counted as requests are. A series begins with its first response.");
        WriteResponses(writer, "in", counters => counters.ResponsesIn);
        WriteResponses(writer, "out", counters => counters.ResponsesOut);
        writer.Begin("sipalg_sip_retransmissions_total", MetricKind.Counter, "Messages that the gateway sent again.");
        WriteEach(writer, counters => counters.Retransmissions);
        writer.Begin("sipalg_sip_stray_responses_total", MetricKind.Counter, "Responses that belong to no transaction.");
        WriteEach(writer, counters => counters.Strays);
        WriteMalformed(writer);
    }

    private void WriteEach(PrometheusWriter writer, Func<RealmCounters, long> cell)
    {
        foreach (var realm in gateway.Realms)
        {
            writer.Sample(Sum(realm.Index, cell), ("realm", realm.Name));
        }
    }

    private long Sum(int realm, Func<RealmCounters, long> cell) => gateway.Contexts.Sum(lane => cell(lane.Counters.Realms[realm]));

    private void WriteRequests(PrometheusWriter writer, string direction, Func<RealmCounters, long[]> cells)
    {
        foreach (var realm in gateway.Realms)
        {
            for (var method = 0; method < SipMethods.Count; method++)
            {
                var index = method;
                writer.Sample(
                    Sum(realm.Index, counters => Volatile.Read(ref cells(counters)[index])),
                    ("realm", realm.Name), ("direction", direction), ("method", Labels.Methods[method]));
            }
        }
    }

    private void WriteResponses(PrometheusWriter writer, string direction, Func<RealmCounters, long[]> cells)
    {
        foreach (var realm in gateway.Realms)
        {
            for (var cell = 0; cell < SipMethods.Count * Labels.StatusClasses.Length; cell++)
            {
                var index = cell;
                var (method, status) = Math.DivRem(cell, Labels.StatusClasses.Length);
                if (Sum(realm.Index, counters => Volatile.Read(ref cells(counters)[index])) is > 0 and var count)
                {
                    writer.Sample(count, ("realm", realm.Name), ("direction", direction), ("method", Labels.Methods[method]), ("status", Labels.StatusClasses[status]));
                }
            }
        }
    }

    /// <summary>What the parser refused, and connections closed because their octets cannot be cut into messages.</summary>
    private void WriteMalformed(PrometheusWriter writer)
    {
        writer.Begin("sipalg_sip_malformed_total", MetricKind.Counter, "Messages that were not understood. A series begins with its first message.");
        foreach (var realm in gateway.Realms)
        {
            for (var fault = 1; fault < Faults.Length; fault++)
            {
                var index = fault;
                var count = Sum(realm.Index, counters => Volatile.Read(ref counters.Malformed[index]));
                if ((MessageFault)fault == MessageFault.NotSip)
                {
                    count += Unframed(realm.Index, FrameResult.NotSip);
                }

                WriteFault(writer, realm.Name, Faults[fault], count);
            }

            for (var fault = FrameResult.HeaderTooLong; fault <= FrameResult.LengthConflict; fault++)
            {
                WriteFault(writer, realm.Name, FrameFaults[(int)fault], Unframed(realm.Index, fault));
            }
        }
    }

    private static void WriteFault(PrometheusWriter writer, string realm, string reason, long count)
    {
        if (count > 0)
        {
            writer.Sample(count, ("realm", realm), ("reason", reason));
        }
    }

    private long Unframed(int realm, FrameResult fault) => gateway.ListenersOf(realm).Sum(listener => gateway.Network.Connections(listener).Unframed(fault));
}
