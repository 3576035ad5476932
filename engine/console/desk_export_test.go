package console

// DiaryMade waits until the year ahead has been worked out.
func (c *Console) DiaryMade() {
	c.almanac.mu.Lock()
	busy := c.almanac.busy
	c.almanac.mu.Unlock()
	if busy != nil {
		<-busy
	}
}
