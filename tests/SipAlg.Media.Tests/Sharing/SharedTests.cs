using SipAlg.Media.Tests.Kernel;
using SipAlg.Media.Tests.Relaying;
using SipAlg.Media.Tests.Tones;

namespace SipAlg.Media.Tests.Sharing;

/// <summary>All that ports with a socket each do, ports that share do too.</summary>
public sealed class SharedRelayTests() : RelayTests(shares: true);

public sealed class SharedAimTests() : AimTests(shares: true);

public sealed class SharedRtcpTests() : RtcpTests(shares: true);

public sealed class SharedToneTests() : ToneTests(shares: true);

public sealed class SharedAccountingTests() : AccountingTests(shares: true);

public sealed class SharedKernelRelayTests() : KernelRelayTests(shares: true);
