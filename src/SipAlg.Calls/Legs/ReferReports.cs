using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Legs;

/// <summary>The subscription that a REFER has made (RFC 3515 §2.4.4): one NOTIFY at a time tells how it fares.</summary>
/// <param name="sequence">The CSeq of the REFER.</param>
/// <param name="isNamed">NOTIFYs name the REFER by it, since it is not the first of its dialog (RFC 3515 §2.4.6).</param>
/// <param name="isSilent">The sender wants none (Refer-Sub: false, RFC 4488).</param>
internal sealed class ReferReports(uint sequence, bool isNamed, bool isSilent)
{
    public uint Sequence => sequence;
    public bool IsNamed => isNamed;

    /// <summary>There is nobody to tell: not wanted, refused, or told the end.</summary>
    public bool IsOver { get; set; } = isSilent;

    /// <summary>How it fares now.</summary>
    public int Status { get; set; }

    /// <summary>What has been told last; 0 before the first.</summary>
    public int Told { get; set; }

    /// <summary>The NOTIFY that has no answer yet.</summary>
    public TransactionId Pending { get; set; }
}
