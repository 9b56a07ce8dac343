offline-title = ネットワークにつながっていません
offline-lead = つながると元に戻ります。保存した番組は、今でも聞けます。
offline-programs = この端末に保存した番組
offline-none = 保存した番組はまだありません。番組のページで保存できます。
